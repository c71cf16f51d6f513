import Host
import Primitives
import Transport
import Wire

/// Requests to whichever controller is active, over a connection of their own (Kafka's `NodeToControllerChannelManager`).
///
/// A request waits while no controller is known, and is sent again where the connection breaks, no answer comes, or the asked node
/// is not the controller any more. It fails only at its deadline, so its effect may happen twice: requests to the controller are made for that.
/// Each purpose (heartbeats, ISR changes, forwarding) has a channel, since a server answers one request of a connection at a time.
final class ControllerChannel {
  enum Failure: Error {
    /// The deadline passed. Whether the controller handled the request is unknown.
    case timedOut
    /// The response could not be read, or the request not be written.
    case malformed(WireError)
  }

  /// Kafka looks for an unknown controller that often.
  private static let searchInterval = Duration.milliseconds(100)
  private static let retryBackoff = Duration.milliseconds(50)

  private let reactor: Reactor
  private let sender: RequestSender
  private let requestTimeout: Duration
  private let activeController: () -> Address?
  /// Where requests go until that fails: a broker that hears no news of the metadata log still reaches the controller that it knows.
  private var controller: Address?

  /// - Parameters:
  ///   - requestTimeout: how long one attempt waits for its answer (`controller.socket.timeout.ms`).
  ///   - activeController: where the leader of the metadata log listens, as far as this node knows.
  init(reactor: Reactor, clientID: String, requestTimeout: Duration, activeController: @escaping () -> Address?) {
    self.reactor = reactor
    self.requestTimeout = requestTimeout
    self.activeController = activeController
    sender = RequestSender(
      reactor: reactor, clientID: clientID, backoff: ReconnectBackoff(initial: Self.retryBackoff, maximum: Self.retryBackoff))
  }

  /// Sends a request, the newest version by default. Without a deadline it is sent again until it is answered.
  func send<Request: RefusableRequest>(
    _ request: Request, version: Int16? = nil, deadline: Instant? = nil,
    _ completion: @escaping (Result<Request.Response, Failure>) -> Void
  ) {
    let now = reactor.now
    if let deadline, deadline <= now { return completion(.failure(.timedOut)) }
    guard let address = controller ?? activeController() else {
      return sendAgain(request, version, deadline, after: Self.searchInterval, completion)
    }
    controller = address
    let timeout = deadline.map { min(requestTimeout, $0 - now) } ?? requestTimeout
    sender.send(request, version: version, to: address, timeout: timeout) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let response) where Request.refusal(in: response) == .notController:
        controller = nil
        sendAgain(request, version, deadline, after: Self.retryBackoff, completion)
      case .success(let response):
        completion(.success(response))
      case .failure(.disconnected), .failure(.timedOut):
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
