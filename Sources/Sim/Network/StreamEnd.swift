import DequeModule
import Host
import Primitives

/// One end of a connection, with what is on its way to this end.
///
/// The two ends of a connection have adjacent indices: the end that connected is even, and the one that accepted is the odd index after it.
struct StreamEnd {
  enum Status: UInt8 {
    /// Not part of a connection.
    case vacant
    /// Connecting; no answer yet.
    case connecting
    /// The other end is connecting; this one has not heard of it yet.
    case asked
    case open
    /// The peer's end is known to be gone, but the node has not handled that yet.
    case ended
    case closed
    /// The machine lost power: it has forgotten the connection, and the peer does not know that.
    case forgotten
  }

  var generation: UInt32 = 1
  var status = Status.vacant
  var node: Int32 = -1
  /// The listener of the node that was connected to, by its number; of the accepting end.
  var listener: UInt8 = 0
  /// The link that leads to this end.
  var link: Int32 = -1
  /// When the last item sent so far arrives here. Nothing overtakes it.
  var lastArrival = Instant.zero
  /// What has arrived but may not pass: a stream waits behind its first item.
  var stalled = Deque<StalledItem>()
  /// Frames sent from this end before it was connected.
  var unsent = Deque<UnsentFrame>()
  /// By what was sent here and has not arrived, in order: the event during which it was sent, while causes are recorded.
  var origins = Deque<EventNumber>()
  /// The event during which this end was opened, while causes are recorded.
  var openedBy = EventNumber.none
  /// Whether the node of this end has ever asked about its send buffer; other ends are not counted.
  var isWatched = false
  /// Whether the node waits for room in its send buffer.
  var wantsRoom = false
  /// Bytes sent from this end that the peer's process has not read yet.
  var unread = 0
  /// Requests that passed to the accepting end and were not answered: they tell the API of a response. Kept at that end.
  var unanswered = Deque<MessageHeader>()
  /// The exchanges under way, while the world measures. Kept at the accepting end.
  var exchanges = ExchangeList()

  /// Whether an end is the accepting one: requests come to it, and responses to the other.
  @inline(__always) static func takesRequests(_ end: Int) -> Bool { end & 1 == 1 }
}

struct UnsentFrame {
  let frame: Frame
  /// While causes are recorded.
  var origin: EventNumber
}

struct StalledItem {
  enum Content {
    case frame(Frame)
    case signal(Signal)
  }

  let content: Content
  /// The rule that holds it until it is released.
  var heldBy: FaultID?
  /// The earliest delivery, set by a rule that delays it.
  var notBefore = Instant.zero
  /// Whether the rules have already seen it.
  var isJudged = false
  /// While causes are recorded.
  var origin = EventOrigin()
}

/// An end is named by index and generation, so an id is never reused in a world.
extension ConnectionID {
  static var indexBits: UInt32 { 20 }
  static var lastGeneration: UInt32 { 4094 }

  @inline(__always)
  init(index: Int, generation: UInt32) { self.init(generation << Self.indexBits | UInt32(index)) }

  @inline(__always) var index: Int { Int(value & (1 << Self.indexBits - 1)) }
  @inline(__always) var generation: UInt32 { value >> Self.indexBits }
  @inline(__always) var peer: ConnectionID { ConnectionID(value ^ 1) }
}
