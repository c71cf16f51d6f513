import Host
import Primitives
import Transport
import Wire

/// Replicates all partitions that this broker follows from one leader: one request at a time, and the next as soon as the previous one is answered.
///
/// A response counts only for partitions that are still followed in the leader epoch of the request.
final class ReplicaFetcher {
  let leaderID: NodeID
  /// Nil while the leader is missing from the metadata.
  var address: Address? {
    didSet {
      guard let oldValue, oldValue != address else { return }
      mark(.leaderAddressChanged)
      manager.sender.disconnect(from: oldValue)
    }
  }

  // Unsafe: the manager owns its fetchers, and an ordinary unowned reference is counted at each use.
  unowned(unsafe) let manager: ReplicaManager
  /// In the order of their creation.
  private var partitions: [FetcherPartition] = []
  /// All partitions that do not rest.
  var restless = RestlessList<FetcherPartition>()
  private var nextTurn = 0
  private var partitionsByID: [TopicIDPartition: FetcherPartition] = [:]
  private var session = FetchSessionPosition()
  /// What the next request is written in.
  private let roomForRequests = MessageRoom<FetchRequest>()
  private var roomForTopics = TopicRoom<FetchRequest.FetchTopic>()
  /// Whether a request is in flight.
  var isBusy = false
  /// What a response is read into.
  private let roomForResponses = MessageRoom<FetchResponse>()
  private(set) lazy var wakeUp = EarliestTimer(manager.reactor) { [unowned self] in proceed() }

  init(leaderID: NodeID, manager: ReplicaManager) {
    self.leaderID = leaderID
    self.manager = manager
    address = manager.replicas.brokers[leaderID]?.address
  }

  /// In the order of their creation.
  var all: [FetcherPartition] { partitions }

  func add(_ partition: Partition) {
    let entry = partitionsByID[partition.id].flatMap { $0.partition === partition ? $0 : nil } ?? enter(partition)
    entry.isActive = true
    entry.leaderEpoch = partition.leaderEpoch
    entry.delayedUntil = nil
    partition.fetching = entry
    entry.begin()
  }

  private func enter(_ partition: Partition) -> FetcherPartition {
    let entry = FetcherPartition(partition, fetcher: self, turn: nextTurn)
    nextTurn += 1
    if let former = partitionsByID[partition.id] {
      // The replica was deleted and recreated: the leader's session knows the partition by the same id.
      mark(.replicaRecreatedInSession)
      entry.isInSession = former.isInSession
      former.isInSession = false
    }
    partitions.append(entry)
    restless.append(entry)
    partitionsByID[partition.id] = entry
    return entry
  }

  /// Sends the next request if none is in flight: first those that must precede fetching, then a fetch.
  func proceed() {
    guard !isBusy, !manager.isShutDown, let address else { return }
    let now = manager.reactor.now
    restless.sort()
    let hasQuestions = restless.members.contains { $0.phase != .fetching }
    if hasQuestions, askForEpochEnds(at: address, now) || askForOffsets(at: address, now) { return }
    if fetch(from: address, now) { return }
    wakeUpWhenDelaysEnd(now)
  }

  private func wakeUpWhenDelaysEnd(_ now: Instant) {
    guard let earliest = restless.members.lazy.filter(\.isActive).compactMap(\.delayedUntil).filter({ $0 > now }).min() else { return }
    // A timer that is due and has not run yet would only find what was found now.
    if let due = wakeUp.due, due <= now { wakeUp.cancel() }
    wakeUp.set(at: earliest)
    mustHold(wakeUp.due.map { $0 <= earliest } ?? false, "broker \(manager.localID), fetcher of broker \(leaderID): a partition waits until \(earliest), and no timer looks after it")
  }

  /// Sends a request; until it is answered nothing else is sent. The response handler gets the fetcher as an argument, so it does not have to capture
  /// it: a closure that captures nothing costs nothing.
  func send<Request: ApiRequest>(_ request: Request, to address: Address, _ handle: @escaping (ReplicaFetcher, Request.Response?) -> Void) {
    isBusy = true
    manager.sender.send(request, to: address, timeout: manager.configuration.replicaSocketTimeout) { [unowned self] result in
      requestEnded { handle(self, try? result.get()) }
    }
  }

  private func requestEnded(_ handle: () -> Void) {
    guard !manager.isShutDown else { return }
    isBusy = false
    handle()
    goOn()
  }

  private func goOn() {
    manager.wakeWaitingRequests()
    proceed()
  }

  /// The partitions in a phase other than fetching. They never rest.
  func ready(for phase: FetcherPartition.Phase, _ now: Instant) -> [FetcherPartition] { restless.members.filter { $0.isReady(for: phase, at: now) } }

  func delayAll() {
    let until = backoffEnd
    for entry in partitions where entry.isActive { entry.delay(until: until) }
  }

  var backoffEnd: Instant { manager.reactor.now + manager.configuration.replicaFetchBackoff }

  // MARK: Fetching

  private func fetch(from address: Address, _ now: Instant) -> Bool {
    guard restless.count < partitions.count || restless.members.contains(where: { $0.isReady(for: .fetching, at: now) }) else { return false }
    // Kafka syncs within the append. The request that waits for one partition's sync also covers the others: a request without it could stay at the
    // leader for all of `replica.fetch.wait.max.ms`.
    if restless.members.contains(where: \.waitsForSync) { return true }
    roomForRequests.use(for: Self.fetchVersion) { request in
      ask(in: &request, now)
      isBusy = true
      manager.sender.send(request, version: Self.fetchVersion, to: address, timeout: manager.configuration.replicaSocketTimeout, receiver: self)
      roomForTopics.takeBack(&request.topics)
      request.forgottenTopicsData.empty()
    }
    return true
  }

  private static let fetchVersion = FetchRequest.validVersions.upperBound

  private func ask(in request: inout FetchRequest, _ now: Instant) {
    let configuration = manager.configuration
    request.replicaState.replicaId = manager.localID.value
    if manager.switches.sendBrokerEpochs { request.replicaState.replicaEpoch = manager.brokerEpoch.value }
    request.maxWaitMs = Int32(clamping: configuration.replicaFetchWaitMax.milliseconds)
    request.minBytes = configuration.replicaFetchMinBytes
    request.maxBytes = configuration.replicaFetchResponseMaxBytes
    request.sessionId = session.id
    request.sessionEpoch = session.epoch
    request.topics = roomForTopics.takeTopics()
    if session.isFull {
      for entry in partitions { ask(for: entry, now, in: &request) }
      restless = RestlessList(ContiguousArray(partitions.lazy.filter { !$0.isResting }))
    } else {
      restless.removeAll { entry in
        ask(for: entry, now, in: &request)
        return entry.isResting
      }
    }
    if restless.members.contains(where: { !$0.isActive }) { dropThoseThatWent() }
  }

  /// Makes the request and the session ask for what a partition wants, after which it rests, or leave it out.
  private func ask(for entry: FetcherPartition, _ now: Instant, in request: inout FetchRequest) {
    let isReady = entry.isReady(for: .fetching, at: now)
    if isReady {
      let position = entry.position
      entry.requirePosition(position)
      if session.isFull || !entry.isInSession || entry.sent != position {
        let asked = FetchRequest.FetchPartition(
          position, partition: entry.partition.id.partition, maxBytes: manager.configuration.replicaFetchMaxBytes)
        request.name(asked, of: entry.partition, &roomForTopics)
      }
      entry.sent = position
    } else if entry.isInSession, !session.isFull {
      request.forget(entry.partition)
    }
    entry.isInSession = isReady
    entry.rest(isReady)
  }

  private func dropThoseThatWent() {
    for entry in restless.members where !entry.isActive && partitionsByID[entry.partition.id] === entry { partitionsByID[entry.partition.id] = nil }
    restless.removeAll { !$0.isActive }
    partitions.removeAll { !$0.isActive }
  }

  /// Finds a partition; without hashing if the fetcher has only one, the most common case in a trial.
  private func entry(of id: TopicIDPartition) -> FetcherPartition? {
    if partitions.count == 1, partitions[0].partition.id == id { return partitions[0] }
    return partitionsByID[id]
  }

  private func received(_ response: borrowing FetchResponse) {
    guard response.errorCode == .none else {
      mark(.followerSessionRefused)
      session.startOver(after: response.errorCode)
      let isAboutSession = response.errorCode == .fetchSessionIdNotFound || response.errorCode == .invalidFetchSessionEpoch
      if !isAboutSession { delayAll() }
      return
    }
    session.advance(sessionID: response.sessionId)
    let topics = response.responses.span
    for topic in topics.indices {
      let partitions = topics[topic].partitions.span
      for index in partitions.indices {
        entry(of: TopicIDPartition(topics[topic].topicId, partitions[index].partitionIndex))?.received(partitions[index])
      }
    }
  }
}

extension ReplicaFetcher: ResponseReceiver {
  /// A fetch was answered, or will not be.
  func requestEnded(_ answer: Result<Frame, RequestFailure>) -> Bool {
    var isReadable = true
    roomForResponses.use(for: Self.fetchVersion) { response in
      defer { response.forgetRecords() }
      var isAnswered = false
      if case .success(let frame) = answer {
        isReadable = (try? response.readResponse(frame, version: Self.fetchVersion)) != nil
        isAnswered = isReadable
      }
      if manager.isShutDown { return }
      isBusy = false
      if isAnswered {
        received(response)
      } else {
        mark(.followerFetchUnanswered)
        session.startOver()
        delayAll()
      }
    }
    if !manager.isShutDown { goOn() }
    return isReadable
  }
}

extension FetchRequest {
  fileprivate mutating func name(_ position: FetchPartition, of partition: Partition, _ room: inout TopicRoom<FetchTopic>) {
    let topic = topics.lastGroup(
      where: { $0.topicId == partition.id.topic },
      or: .init {
        $0.topicId = partition.id.topic
        $0.partitions = room.takePartitions()
      })
    topics[topic].partitions.append(position)
  }

  fileprivate mutating func forget(_ partition: Partition) {
    let topic = forgottenTopicsData.lastGroup(where: { $0.topicId == partition.id.topic }, or: .init { $0.topicId = partition.id.topic })
    forgottenTopicsData[topic].partitions.append(partition.id.partition)
  }
}
