import Primitives

/// Events that wait for their time.
///
/// Events leave in the order of their times; those with the same time leave in the order in which they came. Every implementation gives
/// the same order, so a world runs the same with each: the plain heap is the reference for the timing wheel.
protocol EventQueue<Element>: ~Copyable {
  associatedtype Element

  var count: Int { get }

  /// Inserts an element. Its time must not be below that of the last event taken.
  mutating func insert(_ element: Element, at time: Instant)

  /// Removes and returns the next event if it is due at `limit` or earlier.
  mutating func removeNext(through limit: Instant) -> (time: Instant, element: Element)?
}
