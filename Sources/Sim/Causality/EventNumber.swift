/// The number of an event of a world, from 1 in the order in which events were handled (`CausalityRecorder`).
public struct EventNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt32

  init(_ value: UInt32) { self.value = value }

  /// Whatever comes from outside: what was done before the world ran, and between two of its events.
  public static let none = EventNumber(0)

  @inlinable public static func < (left: EventNumber, right: EventNumber) -> Bool { left.value < right.value }
  public var description: String { "event \(value)" }
}

/// Consecutive events.
public struct EventNumbers: RandomAccessCollection, Sendable {
  /// From 0, where the first event has number 1.
  let places: Range<Int>

  public var startIndex: Int { places.lowerBound }
  public var endIndex: Int { places.upperBound }
  public subscript(place: Int) -> EventNumber { EventNumber(UInt32(place + 1)) }
}

/// What an event that waits remembers of where it comes from, while causes are recorded.
struct EventOrigin {
  /// The event during which it was made.
  var event = EventNumber.none
  /// The API of a message; -1 for anything else.
  var apiKey: Int16 = -1
  /// The fault that held the message up on its way.
  var heldBy: FaultID?
}
