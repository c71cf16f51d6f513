import Wire

/// Why an operation of the admin client failed.
public enum AdminError: Error, Equatable, Sendable {
  /// A broker or the controller refused.
  case refused(ErrorCode, message: String?)
  /// `default.api.timeout.ms` elapsed, or `retries` were used up. The operation may have happened if `wasSent`.
  case timedOut(wasSent: Bool)
  /// The broker is too old for this.
  case unsupportedVersion(ApiKey)
  /// The response does not contain the requested item.
  case missingInResponse
  case closed
}

extension AdminError: CustomStringConvertible {
  /// For people: the name of Kafka's error and its message.
  public var description: String {
    switch self {
    case .refused(let code, let message): message.map { "\($0) (\(code))" } ?? "\(code)"
    case .timedOut(let wasSent): wasSent ? "no answer in time" : "no broker could be reached in time"
    case .unsupportedVersion(let api): "the broker is too old for \(api)"
    case .missingInResponse: "the answer does not speak of it"
    case .closed: "the client was closed"
    }
  }
}
