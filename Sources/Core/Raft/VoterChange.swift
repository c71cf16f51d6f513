import Host
import Primitives
import Wire

/// A change of the voters that a leader was asked for and has not finished: one at a time (`AddVoterHandlerState`, `RemoveVoterHandlerState`).
final class VoterChange {
  typealias Answer = (_ error: ErrorCode, _ message: String?) -> Void

  /// The voter that is added or removed.
  let voter: ReplicaKey
  /// Of the record with the new voters; nil before it is appended.
  var lastOffset: Offset?
  var timer: ScheduledTimer?
  /// Whether the answer waits until the record is committed.
  private let answersWhenCommitted: Bool
  private var answer: Answer?

  init(_ voter: ReplicaKey, answersWhenCommitted: Bool = true, _ answer: @escaping Answer) {
    self.voter = voter
    self.answersWhenCommitted = answersWhenCommitted
    self.answer = answer
  }

  /// The record is in the leader's log. The change stays pending until it is committed.
  func appended(at offset: Offset) {
    lastOffset = offset
    if !answersWhenCommitted { reply(.none, nil) }
  }

  /// Answers, where that has not been done yet.
  func reply(_ error: ErrorCode, _ message: String?) {
    answer?(error, message)
    answer = nil
  }
}
