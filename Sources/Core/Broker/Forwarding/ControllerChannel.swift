import Host
import Primitives
import Transport
import Wire

/// Sends requests to the active controller, over a separate connection (Kafka's `NodeToControllerChannelManager`).
///
/// A request waits while no controller is known, and is resent if the connection breaks, no response comes, or the node is no longer the controller.
/// It fails only at its deadline, so it may take effect twice: requests to the controller allow for that. Each purpose (heartbeats, ISR changes,
/// forwarding) has a channel, since a server answers one request of a connection at a time.
final class ControllerChannel {
  enum Failure: Error {
    /// The deadline passed. It is unknown whether the controller handled the request.
    case timedOut
    /// The response could not be read, or the request could not be encoded.
    case malformed(WireError)
  }

  /// How often Kafka looks for an unknown controller.
  private static let searchInterval = Duration.milliseconds(100)
  private static let retryBackoff = Duration.milliseconds(50)

  private let reactor: Reactor
  private let sender: RequestSender
  private let requestTimeout: Duration
  private let activeController: () -> Address?
  /// Where requests go until that fails: a broker that gets no news of the metadata log still reaches the controller that it knows.
  private var controller: Address?

  /// - Parameters:
  ///   - requestTimeout: How long one attempt waits for its response (`controller.socket.timeout.ms`).
  ///   - activeController: The address of the metadata log's leader, as far as this node knows.
  init(reactor: Reactor, clientID: String, requestTimeout: Duration, activeController: @escaping () -> Address?) {
    self.reactor = reactor
    self.requestTimeout = requestTimeout
    self.activeController = activeController
    sender = RequestSender(
      reactor: reactor, clientID: clientID, backoff: ReconnectBackoff(initial: Self.retryBackoff, maximum: Self.retryBackoff))
  }

  /// Sends a request, at the newest version by default. Without a deadline it is resent until it is answered.
  func send<Request: RefusableRequest>(
    _ request: Request, version: Int16? = nil, deadline: Instant? = nil,
    _ completion: @escaping (Result<Request.Response, Failure>) -> Void
  ) {
    let now = reactor.now
    if let deadline, deadline <= now { return completion(.failure(.timedOut)) }
    guard let address = controller ?? activeController() else {
      mark(.controllerUnknown)
      return sendAgain(request, version, deadline, after: Self.searchInterval, completion)
    }
    controller = address
    let timeout = deadline.map { min(requestTimeout, $0 - now) } ?? requestTimeout
    sender.send(request, version: version, to: address, timeout: timeout) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let response) where Request.isFromInactiveController(response):
        mark(.controllerMoved)
        controller = nil
        sendAgain(request, version, deadline, after: Self.retryBackoff, completion)
      case .success(let response):
        completion(.success(response))
      case .failure(.disconnected), .failure(.timedOut):
        mark(.controllerUnreachable)
        controller = nil
        send(request, version: version, deadline: deadline, completion)
      case .failure(.malformed(let error)), .failure(.notEncodable(let error)):
        completion(.failure(.malformed(error)))
      }
    }
  }

  private func sendAgain<Request: RefusableRequest>(
    _ request: Request, _ version: Int16?, _ deadline: Instant?, after delay: Duration,
    _ completion: @escaping (Result<Request.Response, Failure>) -> Void
  ) {
    reactor.after(delay) { [weak self] in self?.send(request, version: version, deadline: deadline, completion) }
  }
}
