import Transport
import Wire

/// Why a request of a client has no response.
public enum ClientRequestFailure: Error, Hashable, Sendable {
  /// Nothing was sent: no connection could be made, or the broker is unknown.
  case notSent
  /// The connection ended. It is unknown whether the request was handled.
  case disconnected
  /// No response within the timeout. It is unknown whether the request was handled.
  case timedOut
  /// The response could not be read. It is unknown whether the request was handled.
  case malformed(WireError)
  /// Nothing was sent: the broker supports no version of this API that can carry the request.
  case unsupportedVersion(ApiKey)

  /// Whether the broker certainly never saw the request.
  public var wasNotSent: Bool {
    switch self {
    case .notSent, .unsupportedVersion: true
    case .disconnected, .timedOut, .malformed: false
    }
  }

  /// For reports: always the same words for the same kind of failure.
  var words: String {
    switch self {
    case .notSent: "no connection"
    case .disconnected: "the connection ended"
    case .timedOut: "no answer in time"
    case .malformed: "a response that cannot be read"
    case .unsupportedVersion: "the broker knows no such version"
    }
  }
}
