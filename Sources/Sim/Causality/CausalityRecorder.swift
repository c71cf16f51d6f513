import Host
import Primitives

/// Remembers for each event that a node handles during which earlier event it was made: a message was sent, a timer was set, an operation of the disk began.
///
///     world.causality = CausalityRecorder()      // before the first node starts
///     world.run(until: end)
///     var event = world.causality!.present ...   // within `onOccurrence`: the event that reports
///     event = world.causality!.parent(of: event)
///
/// A world without one pays a comparison for each event and each message. One with it has the same trace. An event takes 18 bytes.
///
/// What the world's user schedules (`World.at`, `World.after`: the faults of a schedule) is an event of its own without a node and without a parent, and whatever it
/// causes leads back to it.
public final class CausalityRecorder {
  public enum Kind: UInt8, Sendable {
    /// A closure of the world's user.
    case call
    case start, shutdown
    case request, response
    case accepted, connected, writable, disconnected
    case timer, disk
  }

  /// A message that a fault kept from arriving when it would have.
  public struct Held: Sendable, Equatable {
    public let event: EventNumber
    public let fault: FaultID
  }

  private var times: ContiguousArray<Instant> = []
  private var nodes: ContiguousArray<Int32> = []
  private var parents: ContiguousArray<UInt32> = []
  private var kinds: ContiguousArray<UInt8> = []
  /// The API key of a message, all bits set for none.
  private var apis: ContiguousArray<UInt8> = []
  /// In the order of their events.
  public private(set) var held: [Held] = []

  /// What is made now comes from there.
  var origin = EventOrigin()

  public init() {}

  /// The number of events so far.
  public var count: Int { times.count }

  /// The event that is being handled; between two events the one that whatever happens now comes from.
  public var present: EventNumber { origin.event }

  // MARK: Looking back

  public var all: EventNumbers { EventNumbers(places: 0..<count) }

  public func time(of event: EventNumber) -> Instant { times[index(event)] }

  /// The node that handled it; nil for a call of the world's user.
  public func node(of event: EventNumber) -> NodeIndex? { nodes[index(event)] < 0 ? nil : NodeIndex(nodes[index(event)]) }

  public func kind(of event: EventNumber) -> Kind { Kind(rawValue: kinds[index(event)] & Self.kindBits) ?? .call }

  /// The API key of a message; nil for any other event, and for a message that is not Kafka's.
  public func apiKey(of event: EventNumber) -> Int16? { apis[index(event)] == .max ? nil : Int16(apis[index(event)]) }

  /// Whether the message carries more than its fields: batches of records.
  public func carriesRecords(_ event: EventNumber) -> Bool { kinds[index(event)] & Self.recordsBit != 0 }

  /// The event during which it was made; none for what came from outside.
  public func parent(of event: EventNumber) -> EventNumber { EventNumber(parents[index(event)]) }

  /// The events of an instant.
  public func events(at time: Instant) -> EventNumbers {
    let from = times.partitioningIndex { $0 >= time }, to = times.partitioningIndex { $0 > time }
    return EventNumbers(places: from..<to)
  }

  private func index(_ event: EventNumber) -> Int { Int(event.value) - 1 }

  // MARK: Recording

  private static let kindBits: UInt8 = 0x0f, recordsBit: UInt8 = 0x10
  /// Later events have no number: they count as coming from outside.
  private static let most = Int(UInt32.max - 1)

  /// The world turns to the next event of its agenda.
  @inline(__always)
  func turn() { origin = EventOrigin() }

  func begin(_ kind: Kind, at node: NodeIndex?, _ time: Instant, carriesRecords: Bool = false) {
    guard times.count < Self.most else { return origin = EventOrigin() }
    times.append(time)
    nodes.append(node?.value ?? -1)
    parents.append(origin.event.value)
    kinds.append(kind.rawValue | (carriesRecords ? Self.recordsBit : 0))
    apis.append(UInt8(exactly: origin.apiKey) ?? .max)
    let event = EventNumber(UInt32(times.count))
    if let fault = origin.heldBy { held.append(Held(event: event, fault: fault)) }
    origin = EventOrigin(event: event)
  }

  func begin(_ event: Event, at node: NodeIndex, _ time: Instant) {
    switch event {
    case .received(let frame, let connection):
      begin(StreamEnd.takesRequests(connection.index) ? .request : .response, at: node, time, carriesRecords: frame.carriesRecords)
    case .accepted: begin(.accepted, at: node, time)
    case .connected: begin(.connected, at: node, time)
    case .writable: begin(.writable, at: node, time)
    case .disconnected: begin(.disconnected, at: node, time)
    case .timer: begin(.timer, at: node, time)
    case .disk: begin(.disk, at: node, time)
    }
  }
}

extension Frame {
  /// Whether it carries more than fields. Records are pieces of their own, which nobody copied.
  public var carriesRecords: Bool { count > first.count }
}
