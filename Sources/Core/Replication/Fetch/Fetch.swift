import Host
import Primitives
import Wire

/// One fetch request in progress: its targets, what was read, its session, and its completion.
final class Fetch {
  let parameters: FetchParameters
  let session: FetchSessionContext
  /// In the order of the targets, without those that have nothing to report.
  private(set) var reads: ContiguousArray<TargetRead> = []
  // Unsafe: the manager owns these, and every session, partition and deadline that holds a waiting fetch; an ordinary unowned reference is counted at
  // each use.
  private unowned(unsafe) let replicas: ReplicaDirectory
  private unowned(unsafe) let sessions: FetchSessionCache
  private unowned(unsafe) let reactor: Reactor
  private let namesAbortedAfterWait: Bool
  /// Its position among all fetches that waited here; 0 before it waits.
  var number = 0
  private var completion: ((FetchResponse) -> Void)?

  /// How many bytes were read, or are known to be readable while it waits; and whether anything else was found that the client should get at once.
  private(set) var readableBytes = 0
  private var hasUrgentNews = false
  /// How many bytes may be read now: what was requested, unless unread responses leave less room.
  private var room = 0

  init(
    _ parameters: FetchParameters, _ session: FetchSessionContext, replicas: ReplicaDirectory, sessions: FetchSessionCache, reactor: Reactor,
    namesAbortedAfterWait: Bool, completion: @escaping (FetchResponse) -> Void
  ) {
    self.parameters = parameters
    self.session = session
    self.replicas = replicas
    self.sessions = sessions
    self.reactor = reactor
    self.namesAbortedAfterWait = namesAbortedAfterWait
    self.completion = completion
  }

  /// Whether it was answered.
  var isDone: Bool { completion == nil }

  /// Whether there is nothing to wait for: enough data, no maximum wait, an error, a divergence, or a better replica to read from.
  var isSatisfied: Bool {
    parameters.maxWait <= .zero || session.isEmpty || readableBytes >= min(parameters.minBytes, max(1, room)) || hasUrgentNews
  }

  /// Reads every target, except those that rest in their session. The first batch found may exceed all limits, so that a fetch always makes progress.
  ///
  /// - Parameter updatingFollower: Whether the offsets show the follower's progress. False when a waiting fetch is checked again.
  func read(updatingFollower: Bool) {
    let now = reactor.now
    takeRoom()
    readableBytes = 0
    hasUrgentNews = false
    room = min(parameters.maxBytes, reactor.host.answerRoom)
    var budget = room
    switch session {
    case .none(let targets), .opening(let targets):
      for target in targets { read(target, &budget, updatingFollower: updatingFollower, at: now) }
    case .incremental(let session):
      session.visitRestless { target in
        guard let partition = target.partition, !partition.isRemoved,
          let glance = partition.glance(at: target, for: self, updatingFollower: updatingFollower, at: now)
        else {
          read(target, &budget, updatingFollower: updatingFollower, at: now)
          return false
        }
        target.countedBytes = 0
        return glance.mayRest
      }
      if updatingFollower { session.lastFetch = now }
    }
    if parameters.isFromFollower, updatingFollower { lookForHighWatermarkNews() }
  }

  /// Releases the records that were read: a waiting fetch reads again before it is answered, and would hold them until then.
  func forgetRecords() {
    reads.empty()
    swap(&reads, &sessions.roomForReads)
  }

  /// Reuses the room of an earlier fetch: fetches are read and answered one at a time, so they pass their arrays on and allocate none.
  private func takeRoom() {
    if reads.capacity == 0 { swap(&reads, &sessions.roomForReads) }
    reads.empty()
  }

  /// Historic: the response to a fetch that had waited did not list aborted transactions, and consumers took their records for committed
  /// (KAFKA-5376).
  func forgetAbortedTransactions() {
    guard !namesAbortedAfterWait else { return }
    for index in reads.indices { reads[index].read.abortedTransactions = nil }
  }

  private func read(_ target: FetchTarget, _ budget: inout Int, updatingFollower: Bool, at now: Instant) {
    let limit = ReadLimit(maxBytes: min(budget, target.maxBytes), minOneBatch: readableBytes == 0)
    let read = read(target, limit, updatingFollower: updatingFollower, at: now)
    target.countedBytes = 0
    count(read.records.count, of: target)
    budget = max(0, budget - read.records.count)
    if read.isUrgent { hasUrgentNews = true }
    reads.append(TargetRead(target: target, read: read))
  }

  /// Records how much of a target is readable.
  func count(_ bytes: Int, of target: FetchTarget) {
    readableBytes += bytes - target.countedBytes
    target.countedBytes = bytes
  }

  private func read(_ target: FetchTarget, _ limit: ReadLimit, updatingFollower: Bool, at now: Instant) -> PartitionRead {
    do {
      return try replicas.partition(of: target).read(target, for: self, limit, updatingFollower: updatingFollower, at: now)
    } catch {
      return PartitionRead(error: error)
    }
  }

  /// Checks again for high watermarks: a follower's own fetch may have moved that of a partition that was already read.
  private func lookForHighWatermarkNews() {
    for index in reads.indices where reads[index].read.error == .none {
      guard let partition = reads[index].target.partition else { continue }
      reads[index].read.highWatermark = max(reads[index].read.highWatermark, partition.highWatermark)
      if partition.hasHighWatermarkNews(for: reads[index].target) { hasUrgentNews = true }
    }
  }

  /// Answers with the result of the last read.
  func answer() {
    guard let completion else { return }
    self.completion = nil
    var response = response()
    if case .incremental(let session) = session { session.doneWaiting(self) }
    completion(response)
    sessions.roomForTopics.takeBack(&response.responses)
  }

  /// The response with everything from the last read that the client does not know yet. Releases the records that were read.
  private func response() -> FetchResponse {
    var response = FetchResponse()
    response.sessionId = sessionID()
    response.responses = sessions.roomForTopics.takeTopics()
    // Removed from the end: nothing that was read is copied.
    reads.reverse()
    while let found = reads.popLast() { tell(found.read, of: found.target, in: &response) }
    swap(&reads, &sessions.roomForReads)
    return response
  }

  private func tell(_ read: PartitionRead, of target: FetchTarget, in response: inout FetchResponse) {
    if case .incremental(let session) = session {
      guard target.isNews(read, namingHighWatermarkChanges: sessions.includesHighWatermarkChanges) else { return }
      // Partitions that had data come last the next time.
      if !read.records.isEmpty { session.moveToEnd(target) }
    }
    target.told(read, repeatsAfterDivergence: sessions.repeatsAfterDivergence)
    let topic = response.group(of: target.key, &sessions.roomForTopics)
    response.responses[topic].partitions.append(data(for: target, read, in: &response))
  }

  /// The session id of the response; that of a new session if the request asks for one; 0 if there is none.
  private func sessionID() -> Int32 {
    switch session {
    case .none: 0
    case .incremental(let session): session.id
    case .opening(let targets):
      sessions.create(for: parameters, targets: targets, now: reactor.now, random: &reactor.host.random)?.id ?? 0
    }
  }

  private func data(for target: FetchTarget, _ read: PartitionRead, in response: inout FetchResponse) -> FetchResponse.PartitionData {
    var data = FetchResponse.PartitionData()
    data.partitionIndex = target.key.partition
    data.errorCode = read.error
    data.highWatermark = read.highWatermark.value
    data.lastStableOffset = read.lastStableOffset.value
    data.logStartOffset = read.logStartOffset.value
    data.records = read.records
    data.abortedTransactions = read.abortedTransactions
    data.preferredReadReplica = read.preferredReadReplica.value
    if let divergence = read.divergence {
      data.divergingEpoch.epoch = divergence.epoch.value
      data.divergingEpoch.endOffset = divergence.endOffset.value
    }
    if parameters.version >= 16, let leader = replicas.leaderHint(for: target, after: read.error) {
      // KIP-951: the client learns of the new leader from the error response itself.
      data.currentLeader.leaderId = leader.id.value
      data.currentLeader.leaderEpoch = leader.epoch.value
      response.nameEndpoint(of: replicas.brokers[leader.id])
    }
    return data
  }
}

/// The result of reading one of a fetch's targets.
struct TargetRead {
  let target: FetchTarget
  var read: PartitionRead
}

/// How much may be read from one partition.
struct ReadLimit {
  let maxBytes: Int
  /// Whether the first batch may be larger than `maxBytes`.
  let minOneBatch: Bool
}

extension FetchResponse {
  /// The index of a target's topic.
  fileprivate mutating func group(of key: FetchTargetKey, _ room: inout TopicRoom<FetchableTopicResponse>) -> Int {
    responses.lastGroup(
      where: { $0.topicId == key.topicID && $0.topic == key.topic },
      or: .init {
        $0.topic = key.topic
        $0.topicId = key.topicID
        $0.partitions = room.takePartitions()
      })
  }

  fileprivate mutating func nameEndpoint(of broker: ClusterBroker?) {
    guard let broker, !nodeEndpoints.contains(where: { $0.nodeId == broker.id.value }) else { return }
    var endpoint = NodeEndpoint()
    endpoint.nodeId = broker.id.value
    endpoint.host = broker.address.host
    endpoint.port = broker.address.port
    endpoint.rack = broker.rack
    nodeEndpoints.append(endpoint)
  }
}
