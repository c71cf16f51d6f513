import DequeModule
import Host
import Primitives
import Wire

/// The connection to one address, across connection attempts.
final class PeerLink {
  enum State {
    /// No connection, and none was requested. Moves to `connecting`, or to `waiting` during the backoff.
    case closed
    /// In the backoff after a failure. Moves to `connecting` when it is over.
    case waiting
    /// Moves to `open`, or to `closed` if nobody answers.
    case connecting(ConnectionID)
    /// Moves to `closed`.
    case open(ConnectionID)
  }

  let address: Address
  var state = State.closed
  /// In the order of sending, which is also the order in which a server answers.
  var pending: Deque<PendingRequest> = []
  /// Frames written while there was no connection to send them on.
  var unsent: ContiguousArray<Frame> = []
  var failedAttempts = 0
  var mayConnectAt = Instant(nanoseconds: .min)
  /// Set no later than the earliest deadline of a pending request.
  private(set) lazy var deadlineTimer = EarliestTimer(reactor) { [unowned self] in failOverdue(self) }
  var connectTimer: ScheduledTimer?
  private var nextCorrelationID: Int32 = 0
  private let reactor: Reactor
  private let failOverdue: (PeerLink) -> Void

  /// - Parameter failOverdue: Called when the deadline of a pending request may have passed.
  init(address: Address, reactor: Reactor, failOverdue: @escaping (PeerLink) -> Void) {
    self.address = address
    self.reactor = reactor
    self.failOverdue = failOverdue
  }

  /// What requests are sent on; nil while there is no connection.
  var connection: ConnectionID? {
    switch state {
    case .closed, .waiting: nil
    case .connecting(let connection), .open(let connection): connection
    }
  }

  func takeCorrelationID() -> Int32 {
    defer { nextCorrelationID = nextCorrelationID == .max ? 0 : nextCorrelationID + 1 }
    return nextCorrelationID
  }
}

struct PendingRequest {
  let correlationID: Int32
  let apiKey: Int16
  /// When it was made.
  let since: Instant
  let deadline: Instant
  let waiter: Waiter

  enum Waiter {
    case closure((Result<Frame, RequestFailure>) -> Bool)
    case receiver(any ResponseReceiver)
  }

  /// Hands over what came of it. Returns whether the response could be read: whoever sends what cannot is disconnected.
  func end(_ answer: Result<Frame, RequestFailure>) -> Bool {
    switch waiter {
    case .closure(let take): take(answer)
    case .receiver(let receiver): receiver.requestEnded(answer)
    }
  }
}

extension Frame {
  /// The first field of every response header.
  var correlationID: Int32? {
    guard first.count >= 4 else { return nil }
    return first.integer(at: 0)
  }
}
