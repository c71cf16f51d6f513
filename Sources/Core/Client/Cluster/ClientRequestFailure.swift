import Transport
import Wire

/// Why a request of a client has no response.
public enum ClientRequestFailure: Error, Hashable, Sendable {
  /// Nothing was sent: no connection could be made, or the broker is not known.
  case notSent
  /// The connection ended. Whether the request was handled is unknown.
  case disconnected
  /// No response within the timeout. Whether the request was handled is unknown.
  case timedOut
  /// The response could not be read. Whether the request was handled is unknown.
  case malformed(WireError)
  /// Nothing was sent: the broker speaks no version of this API that the request can be written in.
  case unsupportedVersion(ApiKey)

  /// Whether the broker certainly never saw the request.
  public var wasNotSent: Bool {
    switch self {
    case .notSent, .unsupportedVersion: true
    case .disconnected, .timedOut, .malformed: false
    }
  }

  /// For a report: the same words for all that failed alike.
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
