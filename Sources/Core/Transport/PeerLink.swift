import DequeModule
import Host
import Primitives
import Wire

/// The connection to one address, from one attempt to the next.
final class PeerLink {
  enum State {
    /// No connection, and nobody asked for one. Leaves to `connecting`, or to `waiting` while the backoff lasts.
    case closed
    /// The backoff after a failure lasts. Leaves to `connecting` when it is over.
    case waiting
    /// Leaves to `open`, or to `closed` where nobody answers.
    case connecting(ConnectionID)
    /// Leaves to `closed`.
    case open(ConnectionID)
  }

  let address: Address
  var state = State.closed
  /// In the order of sending: a server answers in this order.
  var pending: Deque<PendingRequest> = []
  /// Written while there was no connection to send them on.
  var unsent: ContiguousArray<Frame> = []
  var failedAttempts = 0
  var mayConnectAt = Instant(nanoseconds: .min)
  /// No pending request's deadline comes before.
  private(set) lazy var deadlineTimer = EarliestTimer(reactor) { [unowned self] in failOverdue(self) }
  var connectTimer: ScheduledTimer?
  private var nextCorrelationID: Int32 = 0
  private let reactor: Reactor
  private let failOverdue: (PeerLink) -> Void

  /// - Parameter failOverdue: called when the deadline of a pending request may have come.
  init(address: Address, reactor: Reactor, failOverdue: @escaping (PeerLink) -> Void) {
    self.address = address
    self.reactor = reactor
    self.failOverdue = failOverdue
  }

  func takeCorrelationID() -> Int32 {
    defer { nextCorrelationID = nextCorrelationID == .max ? 0 : nextCorrelationID + 1 }
    return nextCorrelationID
  }
}

struct PendingRequest {
  let correlationID: Int32
  let deadline: Instant
  /// Returns whether the response could be read: whoever sends what cannot is disconnected. Every request makes one of these, so it captures little.
  let take: (Result<Frame, RequestFailure>) -> Bool
}

extension Frame {
  /// The first field of every response header.
  var correlationID: Int32? {
    guard let first = pieces.first, first.count >= 4 else { return nil }
    return first.integer(at: 0)
  }
}
