import Primitives

/// Events that wait for their time.
///
/// Events leave in the order of their times, and those of one time in the order in which they came. Every implementation gives
/// the same order, so a world runs the same on each: the plain heap is the oracle of the timing wheel.
protocol EventQueue<Element>: ~Copyable {
  associatedtype Element

  var count: Int { get }

  /// Times are never below that of the last event taken.
  mutating func insert(_ element: Element, at time: Instant)

  /// Takes the next event where it is due at `limit` or before.
  mutating func removeNext(through limit: Instant) -> (time: Instant, element: Element)?
}
