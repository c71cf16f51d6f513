import Primitives

// What this module guarantees: every effect that a broker, controller or client has on the outside, and everything it learns from
// there, passes through the protocols below. A node that names nothing else behaves the same in the simulated and in the real
// world, and in the simulated one it behaves the same in every run.

/// The world as one node sees it.
///
/// A host belongs to one life of one node. All calls come from within `Node.start` and `Node.handle`; nothing here blocks, and
/// what takes time comes back as an `Event`.
public protocol NodeHost: AnyObject {
  /// The monotonic clock. Starts anywhere, never goes back, stands still for nobody.
  var now: Instant { get }

  /// The wall clock: may be skewed against other nodes, and may jump.
  var wallClock: Timestamp { get }

  /// This node's own stream of random numbers.
  var random: RandomStream { get set }

  /// Delivers `.timer(timer)` once, after `delay` on the monotonic clock.
  @discardableResult
  func after(_ delay: Duration, _ timer: Timer) -> TimerID

  /// Takes a timer back. Nothing happens where it has fired already.
  func cancel(_ timer: TimerID)

  /// Opens a connection. `.connected` follows, or `.disconnected` where nobody answers.
  func connect(to address: Address) -> ConnectionID

  /// Sends a frame in order on a connection. Frames sent before `.connected` wait for it; frames on a lost connection are lost.
  func send(_ frame: Frame, on connection: ConnectionID)

  /// Whether a connection takes a frame without making its sender wait: false while more than its send buffer holds has not been read by the peer.
  /// `.writable` follows then. What is sent nevertheless is not lost.
  func isWritable(_ connection: ConnectionID) -> Bool

  /// Closes a connection. No event follows here; the peer still receives what was sent before, then `.disconnected`.
  func close(_ connection: ConnectionID)

  /// The address of the peer of a connection that a peer opened, for those who ask who somebody was.
  func peerAddress(of connection: ConnectionID) -> String

  /// Whether somebody wants to hear of what clients ask for in vain. Looking for it takes time, and never changes behaviour otherwise.
  var watchesClients: Bool { get }

  /// Holds back what comes on a connection that a peer opened, until `resumeReceiving`. What was delivered before stays delivered, and a host
  /// that keeps nothing back goes on delivering.
  func pauseReceiving(on connection: ConnectionID)

  func resumeReceiving(on connection: ConnectionID)

  /// How many bytes of records an answer may hold now without this node's unwritten answers growing past their bound. Whoever answers with
  /// less makes its peer ask again; a first batch is sent whatever this says.
  var answerRoom: Int { get }

  /// This node's disk.
  var disk: any Disk { get }

  /// Charges modelled work to this node's processor. Costs nothing in the real world.
  func spend(_ cost: Cost)

  /// The exchange that this handler is about, where the world can tell: that of the response it handles, or of the request without a
  /// response that it sent since. nil elsewhere, and wherever nothing is measured.
  var exchange: ExchangeTimes? { get }

  /// Tells of a step in an exchange on a connection. Never changes behaviour.
  func note(_ step: ExchangeStep, on connection: ConnectionID)

  /// Tells observers what happened: the story, named instants and white-box checks are made of these. Never changes behaviour.
  func report(_ occurrence: Occurrence)

  /// Ends this life of the node in good order (the last step of a controlled shutdown). No event is delivered afterwards.
  func exit()
}

/// Where send buffers have no end.
extension NodeHost {
  public func isWritable(_ connection: ConnectionID) -> Bool { true }
}

/// Where nobody reads what clients are told.
extension NodeHost {
  public var watchesClients: Bool { false }
}

/// Where all nodes are on one machine.
extension NodeHost {
  public func peerAddress(of connection: ConnectionID) -> String { "127.0.0.1" }
}

/// Where peers do not send more than they may: the simulated ones keep to `max.in.flight.requests.per.connection`, and read what they are sent.
extension NodeHost {
  public func pauseReceiving(on connection: ConnectionID) {}
  public func resumeReceiving(on connection: ConnectionID) {}
  public var answerRoom: Int { .max }
}

/// Where exchanges cannot be followed.
extension NodeHost {
  public var exchange: ExchangeTimes? { nil }
  public func note(_ step: ExchangeStep, on connection: ConnectionID) {}
}

/// A broker, a controller or a client process: a state machine that is driven by events, one at a time.
public protocol Node: AnyObject {
  /// The first call of a life. The disk may hold what former lives left.
  func start()

  /// Takes one event to its end.
  func handle(_ event: Event)

  /// Asks for an end in good order (SIGTERM). The node calls `NodeHost.exit` when it is done.
  func shutdown()

  /// What must hold of its state between two events. Nothing, where it does not say.
  func checkInvariants(_ check: inout InvariantCheck)
}

extension Node {
  public func checkInvariants(_ check: inout InvariantCheck) {}
}

/// What can happen to a node.
public enum Event: Sendable {
  /// A peer connected to this node's listener.
  case accepted(ConnectionID)
  /// A connection that this node asked for is open.
  case connected(ConnectionID)
  case received(Frame, ConnectionID)
  /// A connection that was not writable takes frames again.
  case writable(ConnectionID)
  /// A connection ended, or could not be made. Nothing follows on it.
  case disconnected(ConnectionID)
  case timer(Timer)
  /// An operation that had to wait for the platter has ended; nil says well.
  case disk(DiskOperation, DiskError?)
}

/// A node's own name for a timer: which routine, and for what. The host only hands it back.
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

/// One end of a connection. Unique within a life of a node.
public struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
  public var value: UInt32
  @inlinable public init(_ value: UInt32) { self.value = value }
  public var description: String { "connection \(value)" }
}

/// Where a node listens, as Kafka's metadata names it.
public struct Address: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int32

  public init(host: String, port: Int32) {
    self.host = host
    self.port = port
  }

  public var description: String { "\(host):\(port)" }
}

/// Modelled work of a processor.
public enum Cost: Sendable {
  /// Taking a request of this many bytes off a connection, or putting a response on it.
  case request(bytes: Int)
  /// Handling this many records one by one, at a broker or a consumer.
  case records(Int)
  /// A record of this many bytes that an application hands to its producer.
  case send(bytes: Int)
  /// Putting together, checking or taking apart so many batches of records.
  case batches(Int)
  case copy(bytes: Int)
  case checksum(bytes: Int)
  /// Compressing this many plain bytes with a codec of Kafka's number (1 gzip, 2 snappy, 3 lz4, 4 zstd).
  case compress(codec: Int8, bytes: Int)
  case decompress(codec: Int8, bytes: Int)
}
