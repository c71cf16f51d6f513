import Host
import Primitives
import Wire

/// Administers a cluster as Kafka's admin client does: topics, configurations, reassignments, records, offsets, the quorum.
///
/// Every operation is retried after transport failures and retriable errors until `default.api.timeout.ms`, so an operation that succeeded although
/// its response was lost may end with `TOPIC_ALREADY_EXISTS` or a similar error. Each completion runs once. Operations on several items return a
/// result for each of them, in the order of the request.
public final class Admin {
  public let configuration: AdminConfiguration

  let reactor: Reactor
  let cluster: Cluster
  let backoff: RetryBackoff

  public init(reactor: Reactor, configuration: AdminConfiguration) {
    self.reactor = reactor
    self.configuration = configuration
    backoff = RetryBackoff(configuration.connection)
    cluster = Cluster(reactor: reactor, configuration: configuration.connection, allowsAutoTopicCreation: false)
  }

  /// The client's view of the cluster: brokers, and topics that its operations looked up.
  public var metadata: ClusterMetadata { cluster.metadata }

  /// Fails pending operations and closes all connections.
  public func close() { cluster.close() }

  var deadline: Instant { reactor.now + configuration.defaultAPITimeout }

  /// Sends a request until it has a final result. Brokers forward requests that only the controller can handle.
  ///
  /// `make` gets the remaining time; `limit` is for requests that newer versions cannot carry. `error` returns the error of a response as a whole, or
  /// an error that requires repeating the whole request.
  func call<Request: ApiRequest>(
    _ target: AdminTarget = .anyBroker, atMost limit: Int16 = .max, _ make: @escaping (_ timeoutMs: Int32) -> Request,
    error: @escaping (Request.Response) -> (code: ErrorCode, message: String?),
    _ completion: @escaping (Result<Request.Response, AdminError>) -> Void
  ) {
    AdminCall(self, target, limit, make, error, completion).begin()
  }
}

/// Where a request of the admin client is sent.
enum AdminTarget {
  case anyBroker
  case broker(NodeID)
  /// A controller, which is asked directly (bootstrap.controllers, KIP-919) as long as it takes itself for the active one. Where it does not, a broker knows
  /// which one that is; Kafka's client asks the controllers for it.
  case controller(Address)

  init(_ controller: Address?) { self = controller.map(Self.controller) ?? .anyBroker }
}

/// One request of the admin client, through all its attempts.
private final class AdminCall<Request: ApiRequest> {
  /// Weak: whatever waits on its connections holds its calls.
  private weak var admin: Admin?
  private var target: AdminTarget
  private let limit: Int16
  private let make: (Int32) -> Request
  private let error: (Request.Response) -> (code: ErrorCode, message: String?)
  private let completion: (Result<Request.Response, AdminError>) -> Void
  private let deadline: Instant
  private let retries: Int32
  private var attempts = 0
  private var wasSent = false
  private var isDone = false
  /// The address of the current attempt.
  private var underWayTo: Address?
  private var timer: ScheduledTimer?

  init(
    _ admin: Admin, _ target: AdminTarget, _ limit: Int16, _ make: @escaping (Int32) -> Request,
    _ error: @escaping (Request.Response) -> (code: ErrorCode, message: String?),
    _ completion: @escaping (Result<Request.Response, AdminError>) -> Void
  ) {
    self.admin = admin
    self.target = target
    self.limit = limit
    self.make = make
    self.error = error
    self.completion = completion
    deadline = admin.deadline
    retries = admin.configuration.retries
  }

  func begin() {
    guard let admin else { return }
    timer = admin.reactor.after(max(deadline - admin.reactor.now, .zero)) { [self] in timeIsOver() }
    attempt()
  }

  private func timeIsOver() {
    // If the connection is open, the request was sent; otherwise it is still waiting here.
    if let underWayTo, admin?.cluster.connections.isReady(underWayTo) == true { wasSent = true }
    finish(.failure(.timedOut(wasSent: wasSent)))
  }

  private func attempt() {
    guard !isDone, let admin else { return }
    guard !admin.cluster.isClosed else { return finish(.failure(.closed)) }
    let remaining = deadline - admin.reactor.now
    guard let address = address(in: admin.cluster) else {
      admin.cluster.requestUpdate()
      return tryAgainLater()
    }
    attempts += 1
    underWayTo = address
    let timeout = min(remaining, admin.configuration.connection.requestTimeout)
    admin.cluster.connections.send(make(Int32(clamping: remaining.milliseconds)), to: address, atMost: limit, timeout: timeout) { [self] result in
      underWayTo = nil
      switch result {
      case .success(let response): take(response)
      case .failure(.unsupportedVersion(let api)): finish(.failure(.unsupportedVersion(api)))
      case .failure(let failure):
        if !failure.wasNotSent { wasSent = true }
        tryAgainLater()
      }
    }
  }

  private func address(in cluster: Cluster) -> Address? {
    switch target {
    case .anyBroker: cluster.leastLoadedAddress()
    case .broker(let broker): cluster.address(of: broker)
    case .controller(let address): address
    }
  }

  private func take(_ response: Request.Response) {
    let (code, message) = error(response)
    if code == .none { return finish(.success(response)) }
    guard code.isRetriable, code != .electionNotNeeded, attempts <= retries else { return finish(.failure(.refused(code, message: message))) }
    if code == .requestTimedOut { wasSent = true }
    if code == .notLeaderOrFollower, case .controller = target { target = .anyBroker }
    tryAgainLater()
  }

  private func tryAgainLater() {
    guard let admin else { return }
    guard attempts <= retries else { return finish(.failure(.timedOut(wasSent: wasSent))) }
    admin.reactor.after(admin.backoff.delay(afterAttempts: attempts, &admin.reactor.host.random)) { [self] in attempt() }
  }

  private func finish(_ result: Result<Request.Response, AdminError>) {
    guard !isDone else { return }
    isDone = true
    admin?.reactor.cancel(timer)
    completion(result)
  }
}

extension Result where Failure == AdminError {
  /// The result for each requested item of a response, or the failure for each of them.
  func each<Key, Value>(
    _ keys: [Key], _ find: (Success, Key) -> Result<Value, AdminError>?
  ) -> [(key: Key, result: Result<Value, AdminError>)] {
    keys.map { key in
      switch self {
      case .failure(let error): (key, .failure(error))
      case .success(let response): (key, find(response, key) ?? .failure(.missingInResponse))
      }
    }
  }
}

extension AdminError {
  init(_ failure: LeaderRequestFailure) {
    switch failure {
    case .refused(let error): self = .refused(error, message: nil)
    case .timedOut: self = .timedOut(wasSent: false)
    case .unsupportedVersion(let api): self = .unsupportedVersion(api)
    case .closed: self = .closed
    }
  }
}

/// Success, or the error in a part of a response.
func verdict<Value>(_ error: ErrorCode, _ message: String? = nil, _ value: @autoclosure () -> Value) -> Result<Value, AdminError> {
  error == .none ? .success(value()) : .failure(.refused(error, message: message))
}

extension Sequence where Element == ErrorCode {
  /// The error that requires repeating the whole request: the responder was not the controller.
  var notController: ErrorCode { contains(.notController) ? .notController : .none }
}
