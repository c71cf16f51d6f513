import Wire

/// Why an operation of the admin client failed.
public enum AdminError: Error, Equatable, Sendable {
  /// A broker or the controller said no.
  case refused(ErrorCode, message: String?)
  /// `default.api.timeout.ms` went by, or `retries` were used up. The operation may have happened if `wasSent`.
  case timedOut(wasSent: Bool)
  /// The broker is too old for this.
  case unsupportedVersion(ApiKey)
  /// The response does not speak of what was asked.
  case missingInResponse
  case closed
}
