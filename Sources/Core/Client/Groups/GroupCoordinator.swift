import Host
import Primitives
import Transport
import Wire

/// The broker that coordinates a group: found when it is needed, and forgotten when it says that it is not the coordinator, or cannot be reached
/// (`AbstractCoordinator.markCoordinatorUnknown`).
///
/// Requests use separate connections: on a connection with waiting fetches, a heartbeat would have to wait as well.
final class GroupCoordinator {
  /// Called when the coordinator was found.
  var found: () -> Void = {}
  /// Called when the brokers refuse to name it. The search is repeated at the next request.
  var refused: (ErrorCode) -> Void = { _ in }

  let group: String
  private let cluster: Cluster
  private let connections: ClientConnections
  private let backoff: RetryBackoff
  private(set) var address: Address?
  private var isLookingUp = false
  private var attempts = 0
  private var retryTimer: ScheduledTimer?
  private var isClosed = false
  /// Each runs once, when the current search has ended, with whether the coordinator is known.
  private var waiting: [(Bool) -> Void] = []

  init(of group: String, in cluster: Cluster) {
    self.group = group
    self.cluster = cluster
    backoff = RetryBackoff(cluster.configuration)
    connections = ClientConnections(reactor: cluster.reactor, configuration: cluster.configuration)
  }

  var isKnown: Bool { address != nil }

  /// Searches for the coordinator if it is unknown, until it is found or refused.
  func lookUp() {
    guard !isClosed, address == nil, !isLookingUp, retryTimer == nil else { return }
    guard let broker = cluster.leastLoadedAddress() else {
      cluster.requestUpdate()
      return lookUpLater()
    }
    isLookingUp = true
    ask(broker, inOldForm: false)
  }

  /// Searches for the coordinator, and reports after one attempt whether it is known.
  func afterLookUp(_ body: @escaping (Bool) -> Void) {
    if isKnown || isClosed { return body(isKnown) }
    waiting.append(body)
    lookUp()
  }

  private func ask(_ broker: Address, inOldForm: Bool) {
    let request = FindCoordinatorRequest(of: group, inOldForm: inOldForm)
    cluster.connections.send(request, to: broker, atMost: FindCoordinatorRequest.newestVersion(inOldForm: inOldForm)) { [weak self] result in
      guard let self, !isClosed else { return }
      switch result {
      case .failure(.unsupportedVersion) where !inOldForm: ask(broker, inOldForm: true)
      case .failure: fail(nil)
      case .success(let response): take(response.coordinator(of: group))
      }
    }
  }

  private func take(_ coordinator: FindCoordinatorResponse.Coordinator) {
    guard coordinator.errorCode == .none else { return fail(coordinator.errorCode) }
    isLookingUp = false
    attempts = 0
    address = Address(host: coordinator.host, port: coordinator.port)
    found()
    settle()
  }

  private func fail(_ error: ErrorCode?) {
    isLookingUp = false
    mark(.coordinatorNotFound)
    if let error, !error.isRetriable { refused(error) } else { lookUpLater() }
    settle()
  }

  private func settle() {
    let waiting = waiting
    self.waiting = []
    for body in waiting { body(isKnown) }
  }

  private func lookUpLater() {
    attempts += 1
    let delay = backoff.delay(afterAttempts: attempts, &cluster.reactor.host.random)
    retryTimer = cluster.reactor.after(delay) { [weak self] in
      self?.retryTimer = nil
      self?.lookUp()
    }
  }

  /// Forgets a broker that is no longer the coordinator, or does not respond.
  func forget() {
    guard let address else { return }
    self.address = nil
    connections.disconnect(from: address)
  }

  /// Sends a request to the coordinator; `.notSent` if it is unknown. A coordinator that does not respond is forgotten.
  func send<Request: ApiRequest>(
    _ request: Request, atMost limit: Int16 = .max, timeout: Duration? = nil,
    _ completion: @escaping (Result<Request.Response, ClientRequestFailure>) -> Void
  ) {
    guard !isClosed, let address else { return completion(.failure(.notSent)) }
    connections.send(request, to: address, atMost: limit, timeout: timeout) { [weak self] result in
      if case .failure(let failure) = result, let self, self.address == address {
        mark(.coordinatorUnanswering)
        if case .unsupportedVersion = failure {} else { forget() }
      }
      completion(result)
    }
  }

  func close() {
    isClosed = true
    cluster.reactor.cancel(retryTimer)
    forget()
  }
}
