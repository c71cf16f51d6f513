import Host
import Primitives

/// A response that a rule gives in the receiver's place, and that waits for its turn.
struct AnswerByRule {
  /// The end of whoever asked.
  let end: ConnectionID
  let correlationID: Int32
  let frame: Frame
}
