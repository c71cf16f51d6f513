import Wire

/// A client's place in its fetch session (KIP-227).
struct FetchSessionPosition: Equatable {
  private(set) var id: Int32 = 0
  /// 0 asks for a new session.
  private(set) var epoch: Int32 = 0

  /// The next request names every partition.
  var isFull: Bool { epoch == 0 }

  /// Goes on after a good response.
  mutating func advance(sessionID: Int32) {
    if sessionID == 0 {
      // The leader keeps no session for us, or has just ended it.
      self = FetchSessionPosition()
    } else if isFull {
      id = sessionID
      epoch = 1
    } else {
      epoch = Self.epoch(after: epoch)
    }
  }

  /// Starts over after anything that leaves in doubt where the leader stands; the leader drops the former session when it hears of it.
  mutating func startOver(after error: ErrorCode = .none) {
    if error == .fetchSessionIdNotFound { id = 0 }
    epoch = 0
  }

  /// The epochs of incremental requests count from 1 and begin again there when they have run out.
  static func epoch(after epoch: Int32) -> Int32 { epoch == .max ? 1 : epoch + 1 }
}
