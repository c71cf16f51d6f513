import DequeModule
import Host
import Primitives

/// One end of a connection, with what is on its way towards this end.
///
/// The ends of a connection stand side by side: an even index is the end that connected, the odd one after it the end that accepted.
struct StreamEnd {
  enum Status: UInt8 {
    /// In no connection.
    case vacant
    /// Asked for, not answered yet.
    case connecting
    /// The other end asked; this one has not heard yet.
    case asked
    case open
    /// The peer's end has been heard of, but the node has not handled it yet.
    case ended
    case closed
    /// The machine lost power: nobody here knows of the connection, and the peer does not know that.
    case forgotten
  }

  var generation: UInt32 = 1
  var status = Status.vacant
  var node: Int32 = -1
  /// The link over which things come to this end.
  var link: Int32 = -1
  /// When the last thing sent so far gets here. Nothing overtakes.
  var lastArrival = Instant.zero
  /// What has arrived but may not pass: a stream waits behind its first item.
  var stalled = Deque<StalledItem>()
  /// Frames sent from this end before it was connected.
  var unsent = Deque<Frame>()
  /// Whether the node of this end asked about its send buffer: nobody counts for the others.
  var isWatched = false
  /// Whether the node waits for room in its send buffer.
  var wantsRoom = false
  /// Bytes sent from this end that the peer's process has not taken up yet.
  var unread = 0
  /// Requests that passed to the accepting end and were not answered: how a response finds its API. Kept at that end.
  var unanswered = Deque<MessageHeader>()
  /// The exchanges under way, while the world measures. Kept at the accepting end.
  var exchanges = ExchangeList()

  /// Whether an end is one that accepted: requests come to it, and responses to the other.
  @inline(__always) static func takesRequests(_ end: Int) -> Bool { end & 1 == 1 }
}

struct StalledItem {
  enum Content {
    case frame(Frame)
    case signal(Signal)
  }

  let content: Content
  /// The rule that holds it, until released.
  var heldBy: FaultID?
  /// A rule delays it until then.
  var notBefore = Instant.zero
  /// Rules have seen it already.
  var isJudged = false
}

/// Ends are named by index and generation, so that an id is never given twice in a world.
extension ConnectionID {
  static var indexBits: UInt32 { 20 }
  static var lastGeneration: UInt32 { 4094 }

  @inline(__always)
  init(index: Int, generation: UInt32) { self.init(generation << Self.indexBits | UInt32(index)) }

  @inline(__always) var index: Int { Int(value & (1 << Self.indexBits - 1)) }
  @inline(__always) var generation: UInt32 { value >> Self.indexBits }
  @inline(__always) var peer: ConnectionID { ConnectionID(value ^ 1) }
}
