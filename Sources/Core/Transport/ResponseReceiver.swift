import Primitives

/// Whoever sends one request after another and takes the responses himself: that costs no closure for each. He has one request under way at a time, so that he
/// knows which one a response is about.
public protocol ResponseReceiver: AnyObject {
  /// What came of the request. Returns whether the response could be read; otherwise the connection is closed.
  func requestEnded(_ answer: Result<Frame, RequestFailure>) -> Bool
}
