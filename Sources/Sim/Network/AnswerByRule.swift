import Host
import Primitives

/// A response that a rule gives in place of the receiver, and that waits until earlier requests are answered.
struct AnswerByRule {
  /// The end that sent the request.
  let end: ConnectionID
  let correlationID: Int32
  let frame: Frame
  /// While causes are recorded.
  var origin = EventOrigin()
}
