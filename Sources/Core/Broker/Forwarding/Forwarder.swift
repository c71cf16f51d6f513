import Host
import Primitives
import Transport
import Wire

/// Forwards requests that the controller decides to the active one, and returns the responses (Kafka's `ForwardingManager`, KIP-590).
///
/// Kafka wraps them in an Envelope with the client's principal. There are no principals here, so they are sent unchanged.
struct Forwarder {
  /// How long Kafka keeps trying before it answers REQUEST_TIMED_OUT.
  static let retryTimeout = Duration.seconds(60)

  let reactor: Reactor
  let channel: ControllerChannel

  /// Answers `incoming` with the controller's response to the same request.
  func forward<Request: RefusableRequest>(_ incoming: IncomingRequest, as type: Request.Type) {
    guard let request = incoming.decodeOrClose(type) else { return }
    forward(request, version: incoming.version) { response in
      incoming.respond(response) { request.refused(.unknownServerError) }
    }
  }

  /// Completes with the controller's response, or with a refusal if there is none.
  func forward<Request: RefusableRequest>(
    _ request: Request, version: Int16, _ completion: @escaping (Request.Response) -> Void
  ) {
    channel.send(request, version: version, deadline: reactor.now + Self.retryTimeout) { result in
      switch result {
      case .success(let response): completion(response)
      case .failure(.timedOut):
        mark(.forwardedRequestTimedOut)
        completion(request.refused(.requestTimedOut))
      case .failure(.malformed): completion(request.refused(.unknownServerError))
      }
    }
  }
}

extension IncomingRequest {
  /// The request's body; if it cannot be read, closes the connection and returns nil.
  func decodeOrClose<Request: ApiRequest>(_ type: Request.Type = Request.self) -> Request? {
    var request = Request()
    return decodeOrClose(over: &request) ? request : nil
  }

  /// The same, read over a former request of the same version. False where it cannot be read.
  func decodeOrClose<Request: ApiRequest>(over request: inout Request) -> Bool {
    do {
      try decode(over: &request)
      return true
    } catch {
      closeConnection()
      return false
    }
  }
}
