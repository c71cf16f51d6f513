import Wire

/// Why a request has no response.
public enum RequestFailure: Error, Equatable {
  /// The connection ended, or could not be made. If the request was sent at all, it is unknown whether it was handled.
  case disconnected
  /// No response within the request's timeout; the connection was closed. It is unknown whether the request was handled.
  case timedOut
  /// The response could not be read; the connection was closed.
  case malformed(WireError)
  /// The request cannot be encoded at the requested version; nothing was sent.
  case notEncodable(WireError)
}
