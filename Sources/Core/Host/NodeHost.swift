import Primitives

// What this module guarantees: every effect that a broker, controller or client has on the outside, and everything it learns from
// there, passes through the protocols below. A node that uses nothing else behaves the same in the simulated and in the real
// world, and behaves the same in every simulated run.

/// The world as one node sees it.
///
/// A host belongs to one life of one node. All calls come from within `Node.start` and `Node.handle`. Nothing here blocks;
/// whatever takes time comes back as an `Event`.
public protocol NodeHost: AnyObject {
  /// The monotonic clock. Its origin is arbitrary; it never goes back and never stops.
  var now: Instant { get }

  /// The wall clock: may be skewed against other nodes, and may jump.
  var wallClock: Timestamp { get }

  /// This node's own stream of random numbers.
  var random: RandomStream { get set }

  /// Delivers `.timer(timer)` once, after `delay` on the monotonic clock.
  @discardableResult
  func after(_ delay: Duration, _ timer: Timer) -> TimerID

  /// Cancels a timer. Does nothing if it has already fired.
  func cancel(_ timer: TimerID)

  /// Opens a connection. `.connected` follows, or `.disconnected` if nobody answers.
  func connect(to address: Address) -> ConnectionID

  /// Sends a frame in order on a connection. Frames sent before `.connected` wait for it; frames on a lost connection are lost.
  func send(_ frame: Frame, on connection: ConnectionID)

  /// Whether a connection takes a frame without making its sender wait: false while the peer has more unread bytes than the send buffer holds.
  /// `.writable` follows then. A frame that is sent anyway is not lost.
  func isWritable(_ connection: ConnectionID) -> Bool

  /// Closes a connection. No event follows on this node; the peer still receives what was sent before, then `.disconnected`.
  func close(_ connection: ConnectionID)

  /// The address of the peer on a connection that the peer opened, for reports of who a client was.
  func peerAddress(of connection: ConnectionID) -> String

  /// Which of this node's listeners a peer connected to, counted from 0 in the order in which the node has them.
  func listener(of connection: ConnectionID) -> Int

  /// Whether anyone wants reports of requests that clients had refused. Looking for them takes time, and never changes behaviour otherwise.
  var watchesClients: Bool { get }

  /// Holds back what arrives on a connection that a peer opened, until `resumeReceiving`. What was delivered before stays delivered, and a host
  /// that cannot hold anything back goes on delivering.
  func pauseReceiving(on connection: ConnectionID)

  func resumeReceiving(on connection: ConnectionID)

  /// How many bytes of records a response may hold now without this node's unwritten responses exceeding their limit. A response with
  /// less makes the peer ask again; the first batch is sent whatever the limit.
  var answerRoom: Int { get }

  /// This node's disk.
  var disk: any Disk { get }

  /// Charges modelled work to this node's processor. Costs nothing in the real world.
  func spend(_ cost: Cost)

  /// The exchange that this handler works on, if the world can tell: the one whose response it handles, or the one of the request without a
  /// response that it sent last. Nil otherwise, and whenever nothing is measured.
  var exchange: ExchangeTimes? { get }

  /// Reports a step in an exchange on a connection. Never changes behaviour.
  func report(_ step: ExchangeStep, on connection: ConnectionID)

  /// Reports an occurrence to observers: the story, named instants and white-box checks are built from these. Never changes behaviour.
  func report(_ occurrence: Occurrence)

  /// Ends this life of the node cleanly (the last step of a controlled shutdown). No event is delivered afterwards.
  func exit()
}

/// Defaults for hosts with unlimited send buffers.
extension NodeHost {
  public func isWritable(_ connection: ConnectionID) -> Bool { true }
}

/// Defaults for hosts on which no one reads what clients were told.
extension NodeHost {
  public var watchesClients: Bool { false }
}

/// Defaults for hosts that run all nodes on one machine.
extension NodeHost {
  public func peerAddress(of connection: ConnectionID) -> String { "127.0.0.1" }
}

/// Defaults for hosts on which a node has one listener.
extension NodeHost {
  public func listener(of connection: ConnectionID) -> Int { 0 }
}

/// Defaults for hosts whose peers never send too much: simulated peers keep to `max.in.flight.requests.per.connection` and read what they are sent.
extension NodeHost {
  public func pauseReceiving(on connection: ConnectionID) {}
  public func resumeReceiving(on connection: ConnectionID) {}
  public var answerRoom: Int { .max }
}

/// Defaults for hosts that cannot follow exchanges.
extension NodeHost {
  public var exchange: ExchangeTimes? { nil }
  public func report(_ step: ExchangeStep, on connection: ConnectionID) {}
}

/// A broker, a controller or a client process: a state machine that is driven by events, one at a time.
public protocol Node: AnyObject {
  /// The first call of a life. The disk may hold what earlier lives left.
  func start()

  /// Processes one event to completion.
  func handle(_ event: Event)

  /// Asks for a clean end (SIGTERM). The node calls `NodeHost.exit` when it is done.
  func shutdown()

  /// Checks what must hold of the node's state between two events. By default, nothing.
  func checkInvariants(_ check: inout InvariantCheck)

  /// The requests to other nodes that are not answered yet, for observers. By default, none.
  var requestsUnderWay: [RequestUnderWay] { get }
}

extension Node {
  public func checkInvariants(_ check: inout InvariantCheck) {}
  public var requestsUnderWay: [RequestUnderWay] { [] }
}

/// What can happen to a node.
public enum Event: Sendable {
  /// A peer connected to a listener of this node; `NodeHost.listener` tells to which.
  case accepted(ConnectionID)
  /// A connection that this node opened is ready.
  case connected(ConnectionID)
  case received(Frame, ConnectionID)
  /// A connection that was not writable takes frames again.
  case writable(ConnectionID)
  /// A connection ended, or could not be made. It has no further events.
  case disconnected(ConnectionID)
  case timer(Timer)
  /// An operation that had to wait for the platter has ended; nil means success.
  case disk(DiskOperation, DiskError?)
}

/// A node's own name for a timer: which routine it runs, and on what. The host only hands it back.
public struct Timer: Hashable, Sendable {
  /// The routine that the node runs, unique within the node.
  public var routine: UInt32
  /// Whatever the routine needs to find its subject again.
  public var subject: UInt64

  @inlinable
  public init(routine: UInt32, subject: UInt64 = 0) {
    self.routine = routine
    self.subject = subject
  }
}

public struct TimerID: Hashable, Sendable {
  public var value: UInt64
  @inlinable public init(_ value: UInt64) { self.value = value }
}

/// Modelled processor work.
public enum Cost: Sendable {
  /// Taking a request of this size off a connection, or putting a response on it.
  case request(bytes: Int)
  /// Handling this many records one by one, at a broker or a consumer.
  case records(Int)
  /// Handing a record of this size from an application to its producer.
  case send(bytes: Int)
  /// Building, checking or reading this many batches of records.
  case batches(Int)
  case copy(bytes: Int)
  case checksum(bytes: Int)
  /// Compressing this many bytes with a codec, by Kafka's number (1 gzip, 2 snappy, 3 lz4, 4 zstd).
  case compress(codec: Int8, bytes: Int)
  case decompress(codec: Int8, bytes: Int)
}
