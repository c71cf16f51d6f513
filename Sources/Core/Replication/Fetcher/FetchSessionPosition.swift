import Primitives
import Wire

/// A client's position in its fetch session (KIP-227).
struct FetchSessionPosition: Equatable {
  private(set) var id: Int32 = 0
  /// 0 asks for a new session.
  private(set) var epoch: Int32 = 0

  /// Whether the next request names every partition.
  var isFull: Bool { epoch == 0 }

  /// Advances after a successful response.
  mutating func advance(sessionID: Int32) {
    if sessionID == 0 {
      // The leader has no session for this client, or has just ended it.
      mark(.sessionEndedByLeader)
      self = FetchSessionPosition()
    } else if isFull {
      id = sessionID
      epoch = 1
    } else {
      epoch = Self.epoch(after: epoch)
    }
  }

  /// Starts over when the state of the leader's session is uncertain; the leader then drops the old session.
  mutating func startOver(after error: ErrorCode = .none) {
    if error == .fetchSessionIdNotFound { id = 0 }
    epoch = 0
  }

  /// The epochs of incremental requests count from 1, and wrap around to 1.
  static func epoch(after epoch: Int32) -> Int32 { epoch == .max ? 1 : epoch + 1 }
}
