/// A request whose response can say, with a single error, that nothing was done.
public protocol RefusableRequest: ApiRequest {
  /// The response with `error` in every field for it, as Kafka's `getErrorResponse` builds it.
  func refused(_ error: ErrorCode, _ message: String?) -> Response

  /// The error that a response has if the whole request was refused. If there is no field for it, the first requested item has it, like all others.
  static func refusal(in response: Response) -> ErrorCode

  /// Whether the response says that whoever answered is not the active controller, so that the request has to be sent to another one
  /// (`RequestChannel.shouldReturnNotController`).
  static func isFromInactiveController(_ response: Response) -> Bool
}

extension RefusableRequest {
  public func refused(_ error: ErrorCode) -> Response { refused(error, nil) }

  public static func isFromInactiveController(_ response: Response) -> Bool { refusal(in: response) == .notController }
}
