import Wire

/// Why a request has no response.
public enum RequestFailure: Error, Equatable {
  /// The connection ended, or could not be made. Whether the request was handled is unknown if it was sent at all.
  case disconnected
  /// No response within the request's timeout; the connection was closed. Whether the request was handled is unknown.
  case timedOut
  /// The response could not be read; the connection was closed.
  case malformed(WireError)
  /// The request cannot be written at the version asked for: nothing was sent.
  case notEncodable(WireError)
}
