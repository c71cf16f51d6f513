import Host
import Primitives
import Wire

/// One fetch request in progress: its targets, what was read, its session, and its completion.
final class Fetch {
  private(set) var parameters: FetchParameters
  private(set) var session: FetchSessionContext
  /// In the order of the targets, without those of which there is nothing to tell.
  private var reads: ContiguousArray<TargetRead> = []
  /// Owns every session, partition and deadline by which a fetch that waits is kept.
  private let manager: Uncounted<ReplicaManager>
  /// Its place among all that waited here; 0 before it waits.
  var number = 0
  /// Nil once it was answered.
  private var client: (any FetchAnswering)?

  /// How many bytes were read, or are known to be readable while it waits; and whether anything else was found that the client should get at once.
  private(set) var readableBytes = 0
  private var hasUrgentNews = false
  /// How many bytes may be read now: what was requested, unless unread responses leave less room.
  private var room = 0

  init(_ parameters: consuming FetchParameters, _ session: consuming FetchSessionContext, manager: ReplicaManager, client: any FetchAnswering) {
    self.parameters = parameters
    self.session = session
    self.manager = Uncounted(manager)
    self.client = client
  }

  /// Takes up another request, once the last one was answered.
  func begin(_ parameters: consuming FetchParameters, _ session: consuming FetchSessionContext, client: any FetchAnswering) {
    self.parameters = parameters
    self.session = session
    self.client = client
    number = 0
  }

  /// It was answered.
  var isDone: Bool { client == nil }

  /// Whether it answers a client.
  func answers(_ client: any FetchAnswering) -> Bool { self.client === client }

  /// Whether there is nothing to wait for: enough data, no maximum wait, an error, a divergence, or a better replica to read from.
  var isSatisfied: Bool {
    parameters.maxWait <= .zero || session.isEmpty || readableBytes >= min(parameters.minBytes, max(1, room)) || hasUrgentNews
  }

  /// Reads every target, except those that rest in their session. The first batch found may exceed all limits, so that a fetch always makes progress.
  ///
  /// - Parameter updatingFollower: Whether the offsets show the follower's progress. False when a waiting fetch is checked again.
  func read(updatingFollower: Bool) {
    let (now, answerRoom) = manager.with { ($0.reactor.now, $0.reactor.answerRoom) }
    takeRoom()
    readableBytes = 0
    hasUrgentNews = false
    room = min(parameters.maxBytes, answerRoom)
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
    giveRoomBack()
  }

  /// Reuses the room of an earlier fetch: fetches are read and answered one at a time, so they pass their arrays on and allocate none.
  private func takeRoom() {
    if reads.capacity == 0 { manager.with { swap(&reads, &$0.sessions.roomForReads) } }
    reads.empty()
  }

  private func giveRoomBack() {
    reads.empty()
    manager.with { swap(&reads, &$0.sessions.roomForReads) }
  }

  /// As it was: what a fetch that had waited was answered said nothing of aborted transactions, and consumers took their records for committed
  /// (KAFKA-5376).
  func forgetAbortedTransactions() {
    guard manager.with({ !$0.switches.abortedInPurgatory }) else { return }
    for index in reads.indices { reads[index].read.abortedTransactions = nil }
  }

  private func read(_ target: FetchTarget, _ budget: inout Int, updatingFollower: Bool, at now: Instant) {
    let limit = ReadLimit(maxBytes: min(budget, target.maxBytes), minOneBatch: readableBytes == 0)
    var read = PartitionRead()
    self.read(target, limit, updatingFollower: updatingFollower, at: now, into: &read)
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

  private func read(_ target: FetchTarget, _ limit: ReadLimit, updatingFollower: Bool, at now: Instant, into read: inout PartitionRead) {
    do {
      try partition(of: target).read(target, for: self, limit, updatingFollower: updatingFollower, at: now, into: &read)
    } catch {
      read = PartitionRead(error: error)
    }
  }

  private func partition(of target: FetchTarget) throws(ErrorCode) -> Partition {
    if let partition = target.partition, !partition.isRemoved { return partition }
    return try manager.object.replicas.partition(of: target)
  }

  /// A follower's own fetch may have moved the high watermark of a partition that was read already.
  private func lookForHighWatermarkNews() {
    for index in reads.indices where reads[index].read.error == .none {
      guard let partition = reads[index].target.partition else { continue }
      reads[index].read.highWatermark = max(reads[index].read.highWatermark, partition.highWatermark)
      if partition.hasHighWatermarkNews(for: reads[index].target) { hasUrgentNews = true }
    }
  }

  // MARK: Answering

  /// Answers with what the last reading found.
  func answer() {
    guard let client else { return }
    self.client = nil
    client.respond { (room) throws(WireError) in
      defer { if case .incremental(let session) = session { session.doneWaiting(self) } }
      return try write(in: &room, correlationID: client.correlationID)
    }
  }

  /// The answer with everything that the last reading found and that the client does not know yet. Lets go of the records that were read.
  private func write(in room: inout FrameRoom, correlationID: Int32) throws(WireError) -> Frame {
    defer { giveRoomBack() }
    var response = FetchResponse()
    response.sessionId = sessionID()
    let topicCount = takeNews()
    var writer = try FetchResponseWriter(response, version: parameters.version, correlationID: correlationID, topicCount: topicCount, in: &room)
    var leaders: [NodeID] = []
    var next = nextNews(from: 0)
    while next < reads.count {
      let first = next
      var topic = FetchResponse.FetchableTopicResponse()
      topic.topic = reads[first].target.key.topic
      topic.topicId = reads[first].target.key.topicID
      try writer.begin(&topic, partitionCount: countNews(from: first))
      while next < reads.count, isOfSameTopic(next, first) {
        try write(&reads[next], to: &writer, &leaders)
        next = nextNews(from: next + 1)
      }
      writer.endTopic()
    }
    return try writer.finish(nodeEndpoints: leaders.isEmpty ? [] : manager.object.replicas.endpoints(of: leaders))
  }

  /// Takes down what the client will have been told, and leaves out what it knows. Returns how many topics there is something to tell of.
  private func takeNews() -> Int {
    var topics = 0
    var last: Int?
    let (namesHighWatermarks, repeatsAfterDivergence) = manager.with { ($0.sessions.includesHighWatermarkChanges, $0.sessions.repeatsAfterDivergence) }
    for index in reads.indices {
      let target = reads[index].target
      if case .incremental(let session) = session {
        reads[index].isSilent = !target.isNews(reads[index].read, namingHighWatermarkChanges: namesHighWatermarks)
        if reads[index].isSilent {
          requireTold(reads[index])
          continue
        }
        // Partitions that had data come last the next time.
        if !reads[index].read.records.isEmpty { session.moveToEnd(target) }
      }
      target.told(reads[index].read, repeatsAfterDivergence: repeatsAfterDivergence)
      if last.map({ !isOfSameTopic(index, $0) }) ?? true {
        topics += 1
        last = index
      }
    }
    return topics
  }

  /// States that a session's client, to which an answer says nothing of a partition, knows how that stands.
  private func requireTold(_ found: TargetRead) {
    mustHold(
      found.read.records.isEmpty && found.read.error == .none
        && (found.target.wasTold(highWatermark: found.read.highWatermark, logStartOffset: found.read.logStartOffset)
          || manager.with { !$0.switches.sessionIncludesHighWatermarkChange }),
      "a fetch session is told nothing of \(found.target.words), and does not know the high watermark \(found.read.highWatermark) and the start \(found.read.logStartOffset)")
  }

  /// Whether two reads are of the same topic.
  private func isOfSameTopic(_ one: Int, _ other: Int) -> Bool { reads[one].target.key.isOfSameTopic(as: reads[other].target.key) }

  private func nextNews(from index: Int) -> Int {
    var next = index
    while next < reads.count, reads[next].isSilent { next += 1 }
    return next
  }

  /// How many partitions of the topic of the read at an index the answer names one after the other.
  private func countNews(from index: Int) -> Int {
    var count = 0, next = index
    while next < reads.count, isOfSameTopic(next, index) {
      count += 1
      next = nextNews(from: next + 1)
    }
    return count
  }

  /// The session id of the response; that of a new session if the request asks for one; 0 if there is none.
  private func sessionID() -> Int32 {
    switch session {
    case .none: 0
    case .incremental(let session): session.id
    case .opening(let targets):
      manager.with { manager in
        manager.sessions.create(for: parameters, targets: targets, now: manager.reactor.now, random: &manager.reactor.host.random)?.id ?? 0
      }
    }
  }

  private func write(_ found: inout TargetRead, to writer: inout FetchResponseWriter, _ leaders: inout [NodeID]) throws(WireError) {
    var data = FetchResponse.PartitionData()
    data.partitionIndex = found.target.key.partition
    data.errorCode = found.read.error
    data.highWatermark = found.read.highWatermark.value
    data.lastStableOffset = found.read.lastStableOffset.value
    data.logStartOffset = found.read.logStartOffset.value
    swap(&data.abortedTransactions, &found.read.abortedTransactions)
    data.preferredReadReplica = found.read.preferredReadReplica.value
    if let divergence = found.read.divergence {
      data.divergingEpoch.epoch = divergence.epoch.value
      data.divergingEpoch.endOffset = divergence.endOffset.value
    }
    if found.read.error != .none, parameters.version >= 16, let leader = manager.object.replicas.leaderHint(for: found.target, after: found.read.error) {
      // KIP-951: the client learns of the new leader from the refusal itself.
      data.currentLeader.leaderId = leader.id.value
      data.currentLeader.leaderEpoch = leader.epoch.value
      if leader.id.value >= 0, !leaders.contains(leader.id) { leaders.append(leader.id) }
    }
    data.records = found.read.records
    try writer.add(&data)
  }
}

/// The result of reading one of a fetch's targets.
struct TargetRead {
  let target: FetchTarget
  var read: PartitionRead
  /// The answer has nothing to tell of it.
  var isSilent = false
}

/// How much may be read from one partition.
struct ReadLimit {
  let maxBytes: Int
  /// Whether the first batch may be larger than `maxBytes`.
  let minOneBatch: Bool
}
