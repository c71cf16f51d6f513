import Host
import Primitives
import Transport
import Wire

/// Hands requests that the controller decides on to the active one and passes the answers back (Kafka's `ForwardingManager`, KIP-590).
///
/// Kafka wraps them into an Envelope that carries the client's principal. There are no principals here, so they travel as they are.
struct Forwarder {
  /// As long as Kafka goes on trying before it answers REQUEST_TIMED_OUT.
  static let retryTimeout = Duration.seconds(60)

  let reactor: Reactor
  let channel: ControllerChannel

  /// Answers `incoming` with what the controller says to the same request.
  func forward<Request: RefusableRequest>(_ incoming: IncomingRequest, as type: Request.Type) {
    guard let request = incoming.decodeOrClose(type) else { return }
    forward(request, version: incoming.version) { response in
      incoming.respond(response) { request.refused(.unknownServerError) }
    }
  }

  /// The controller's answer, or a refusal where there is none.
  func forward<Request: RefusableRequest>(
    _ request: Request, version: Int16, _ completion: @escaping (Request.Response) -> Void
  ) {
    channel.send(request, version: version, deadline: reactor.now + Self.retryTimeout) { result in
      switch result {
      case .success(let response): completion(response)
      case .failure(.timedOut): completion(request.refused(.requestTimedOut))
      case .failure(.malformed): completion(request.refused(.unknownServerError))
      }
    }
  }
}

extension IncomingRequest {
  /// The request's body, or nil if it cannot be read: the connection is closed then, and nothing else happens.
  func decodeOrClose<Request: ApiRequest>(_ type: Request.Type = Request.self) -> Request? {
    do {
      return try decode(type)
    } catch {
      closeConnection()
      return nil
    }
  }
}
