/// A request whose response can say, with one error, that nothing of it was done.
public protocol RefusableRequest: ApiRequest {
  /// The response that carries `error` in every place where it can stand, as Kafka's `getErrorResponse` builds it.
  func refused(_ error: ErrorCode, _ message: String?) -> Response

  /// The error by which a response says that the request was refused as a whole. Where there is no field for it, the first thing that was asked for
  /// has it, as everything has.
  static func refusal(in response: Response) -> ErrorCode
}

extension RefusableRequest {
  public func refused(_ error: ErrorCode) -> Response { refused(error, nil) }
}
