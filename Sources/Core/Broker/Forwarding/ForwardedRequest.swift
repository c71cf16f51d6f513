import Wire

/// A request that the controller decides. A broker that receives it hands it on and passes the answer back (KIP-590).
///
/// Kafka wraps it into an Envelope that carries the client's principal. There are no principals here, so it travels as it is.
protocol ForwardedRequest: ControllerRequest, RefusableRequest {}

/// A request whose response can say, with one error, that nothing of it was done.
protocol RefusableRequest: ApiRequest {
  /// The response that carries `error` in every place where it can stand, as Kafka's `getErrorResponse` builds it.
  func refusal(_ error: ErrorCode, _ message: String?) -> Response
}

extension RefusableRequest {
  func refusal(_ error: ErrorCode) -> Response { refusal(error, nil) }
}
