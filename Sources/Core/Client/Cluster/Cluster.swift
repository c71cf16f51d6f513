import Host
import Primitives
import Transport
import Wire

/// The cluster as one client sees it: metadata that is kept up to date, and requests to brokers by id.
///
/// It requests metadata at start, at `metadata.max.age.ms`, and when a caller finds it outdated (`requestUpdate`), but then not before
/// `retry.backoff.ms` has passed since the last response. It requests nothing while no one needs it.
final class Cluster {
  /// Called after every change of the metadata.
  var metadataChanged: () -> Void = {}
  /// Called when requests to a broker may be sent again.
  var becameReady: () -> Void = {}
  /// Called when a broker refuses a topic for good: its name is not allowed, or the client may not see it.
  var refused: (_ topic: String, _ error: ErrorCode) -> Void = { _, _ in }

  /// Each runs once, after the next change.
  private var waitingForChange: [() -> Void] = []

  let reactor: Reactor
  let connections: ClientConnections
  private(set) var metadata = ClusterMetadata()
  /// Whether a Metadata response has come since the last bootstrap.
  private(set) var isBootstrapped = false

  let configuration: ConnectionConfiguration
  private let backoff: RetryBackoff
  private let allowsAutoTopicCreation: Bool
  /// False in a client that knows topics by their names alone. The metadata has the ids even so, for reports.
  let usesTopicIDs: Bool
  /// In the order of their first use.
  private var topics: [String] = []
  /// Whether the metadata of every topic is kept: a pattern may match any of them.
  private var followsAll = false
  /// Whether the metadata covers all topics, as they were when it was last requested.
  private(set) var knowsAll = false
  private(set) var isClosed = false

  private var isAsking = false
  private var needsUpdate = false
  /// Attempts since the metadata last changed: failures, and responses without changes (KIP-580).
  private var fruitlessAttempts = 0
  private var mayAskAt = Instant(nanoseconds: .min)
  /// Requests metadata once that is allowed again.
  private lazy var timer = EarliestTimer(reactor) { [unowned self] in timeCame() }
  private var firstFailureAt: Instant?

  init(reactor: Reactor, configuration: ConnectionConfiguration, allowsAutoTopicCreation: Bool, usesTopicIDs: Bool = true) {
    self.reactor = reactor
    self.configuration = configuration
    self.allowsAutoTopicCreation = allowsAutoTopicCreation
    self.usesTopicIDs = usesTopicIDs
    backoff = RetryBackoff(configuration)
    connections = ClientConnections(reactor: reactor, configuration: configuration)
    connections.becameReady = { [weak self] _ in if let self, !isClosed { becameReady() } }
    // An unreachable broker may have been replaced.
    connections.failed = { [weak self] in if let self, !isClosed { requestUpdate() } }
  }

  func close() {
    isClosed = true
    timer.cancel()
    for address in configuration.bootstrapServers + metadata.brokers.map(\.address) { connections.disconnect(from: address) }
  }

  // MARK: Topics of interest

  /// Adds topics whose metadata should be kept.
  func follow(_ names: some Sequence<String>) {
    var isNew = false
    for name in names where !topics.contains(name) {
      topics.append(name)
      isNew = true
    }
    // A response that is already under way does not contain the topic.
    if isNew { requestUpdate(isUrgent: true) }
  }

  /// Whether the metadata of a topic is kept.
  func isFollowing(_ name: String) -> Bool { followsAll || topics.contains(name) }

  /// Keeps the metadata of all topics, including those that are created later, or only that of the named topics.
  func followAll(_ isWanted: Bool) {
    guard isWanted != followsAll else { return }
    followsAll = isWanted
    knowsAll = false
    requestUpdate(isUrgent: true)
  }

  /// Stops keeping the metadata of all other topics.
  func unfollow(allBut names: Set<String>) { topics.removeAll { !names.contains($0) } }

  // MARK: Updates

  /// Reports that the metadata is wrong or incomplete. `isUrgent`: not because of an error, so no backoff applies.
  func requestUpdate(isUrgent: Bool = false) {
    needsUpdate = true
    if isUrgent { mayAskAt = min(mayAskAt, reactor.now) }
    askWhenAllowed()
  }

  /// Applies what a response said about a partition's leader (KIP-951).
  func takeLeader(_ leader: NodeID, _ epoch: LeaderEpoch, of partition: TopicPartition, endpoints: [BrokerEndpoint]) {
    let former = metadata.partition(partition)?.leaderEpoch
    if metadata.takeLeader(leader, epoch, of: partition, endpoints: endpoints) {
      mustHold(former.map { $0 < epoch } ?? false, "client: a refusal took \(partition) to leader epoch \(epoch), after \(former.map { "\($0)" } ?? "none")")
      mark(.leaderLearnedFromRefusal)
      announceChange()
    }
  }

  /// Runs `body` once, after the next metadata response.
  func afterNextChange(_ body: @escaping () -> Void) { waitingForChange.append(body) }

  private func announceChange() {
    metadataChanged()
    let waiting = waitingForChange
    waitingForChange.removeAll()
    for body in waiting { body() }
  }

  private func askWhenAllowed() {
    guard !isClosed, !isAsking else { return }
    let now = reactor.now
    if needsUpdate && mayAskAt <= now { return ask() }
    timer.set(at: needsUpdate ? mayAskAt : mayAskAt + configuration.metadataMaxAge)
  }

  private func timeCame() {
    if !needsUpdate, reactor.now >= mayAskAt + configuration.metadataMaxAge { needsUpdate = true }
    askWhenAllowed()
  }

  private func ask() {
    guard let address = leastLoadedAddress() else { return }
    isAsking = true
    needsUpdate = false
    var request = MetadataRequest()
    request.topics = followsAll ? nil : topics.map { name in
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = name
      return topic
    }
    request.allowAutoTopicCreation = allowsAutoTopicCreation
    let asked = topics, askedAll = followsAll
    connections.send(request, to: address) { [weak self] result in
      guard let self, !isClosed else { return }
      isAsking = false
      switch result {
      case .success(let response) where response.errorCode == .rebootstrapRequired:
        rebootstrap()
        failed()
      case .success(let response): take(response, asked: asked, all: askedAll)
      case .failure: failed()
      }
      askWhenAllowed()
    }
  }

  private func take(_ response: MetadataResponse, asked: [String], all: Bool) {
    let former = metadata
    let flaws = metadata.update(with: response, usesTopicIDs: usesTopicIDs)
    let older = metadata.partition(olderThan: former, usesTopicIDs: usesTopicIDs)
    mustHold(older == nil, "client: a response took it back to an older leader epoch of \(older.map { "\($0)" } ?? "nothing")")
    if all { forgetTopics(notIn: response) }
    knowsAll = all && followsAll
    if !followsAll { for topic in metadata.topics where !topics.contains(topic.name) { metadata.forget(topic.name) } }
    isBootstrapped = !metadata.brokers.isEmpty
    if flaws.isIncomplete || !isBootstrapped || followsAll != all || !all && asked != topics && !topics.allSatisfy(asked.contains) { needsUpdate = true }
    firstFailureAt = nil
    fruitlessAttempts = metadata == former ? fruitlessAttempts + 1 : 0
    mayAskAt = reactor.now + backoff.delay(afterAttempts: fruitlessAttempts, &reactor.host.random)
    for (topic, error) in flaws.refusals { refused(topic, error) }
    announceChange()
  }

  /// After a request for all topics, the response contains all of them.
  private func forgetTopics(notIn response: MetadataResponse) {
    let named = Set(response.topics.compactMap(\.name))
    for topic in metadata.topics where !named.contains(topic.name) { metadata.forget(topic.name) }
  }

  private func failed() {
    mark(.metadataUnanswered)
    needsUpdate = true
    fruitlessAttempts += 1
    mayAskAt = reactor.now + backoff.delay(afterAttempts: fruitlessAttempts, &reactor.host.random)
    let since = firstFailureAt ?? reactor.now
    firstFailureAt = since
    if reactor.now - since >= configuration.rebootstrapTrigger { rebootstrap() }
  }

  // MARK: Brokers

  /// Forgets all brokers, so that the next request goes to the bootstrap servers (KIP-899, KIP-1102). Topics keep their epochs.
  private func rebootstrap() {
    guard configuration.metadataRecoveryStrategy == .rebootstrap, isBootstrapped else { return }
    mark(.clientRebootstrapped)
    for broker in metadata.brokers { connections.disconnect(from: broker.address) }
    metadata.brokers = []
    isBootstrapped = false
    firstFailureAt = nil
  }

  /// Where to send a request that any broker can answer: a ready broker with few requests in flight, otherwise one that did not just fail.
  func leastLoadedAddress() -> Address? {
    if isBootstrapped, metadata.brokers.allSatisfy({ connections.isFailing($0.address) }) { rebootstrap() }
    let addresses = isBootstrapped ? metadata.brokers.map(\.address) : configuration.bootstrapServers
    guard !addresses.isEmpty else { return nil }
    let start = addresses.count == 1 ? 0 : Int(reactor.host.random.below(Int64(addresses.count)))
    var best: (address: Address, rank: Int)?
    for step in addresses.indices {
      let address = addresses[(start + step) % addresses.count]
      let rank = connections.isReady(address) ? connections.inFlight(to: address) : connections.isFailing(address) ? 2_000_000 : 1_000_000
      if best.map({ rank < $0.rank }) ?? true { best = (address, rank) }
    }
    return best?.address
  }

  func address(of broker: NodeID) -> Address? { metadata.address(of: broker) }

  func isReady(_ broker: NodeID) -> Bool {
    guard let address = address(of: broker) else { return false }
    return connections.isReady(address)
  }

  func isConnected(_ broker: NodeID) -> Bool { address(of: broker).map(connections.sender.isConnected) ?? false }

  /// Whether the connection to a ready broker takes another request at once. If not, `becameReady` follows.
  func isWritable(_ broker: NodeID) -> Bool {
    guard let address = address(of: broker) else { return false }
    return connections.isWritable(address)
  }

  func prepare(_ broker: NodeID) {
    if let address = address(of: broker) { connections.prepare(address) }
  }

  func throttle(_ broker: NodeID, forMilliseconds milliseconds: Int32) {
    guard milliseconds > 0, let address = address(of: broker) else { return }
    connections.throttle(address, forMilliseconds: milliseconds)
  }

  /// Sends a request to a broker; `.notSent` if the broker is not in the metadata. `room` is what the response is read over.
  func send<Request: ApiRequest>(
    _ request: Request, to broker: NodeID, atMost limit: Int16 = .max, timeout: Duration? = nil, over room: MessageRoom<Request.Response>? = nil,
    _ completion: @escaping (Result<Request.Response, ClientRequestFailure>) -> Void
  ) {
    guard !isClosed, let address = address(of: broker) else { return completion(.failure(.notSent)) }
    connections.send(request, to: address, atMost: limit, timeout: timeout, over: room, completion)
  }
}
