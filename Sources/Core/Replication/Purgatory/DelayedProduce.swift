import Host
import Primitives
import Wire

/// An append that waits in its partitions: with acks=all until the high watermark has passed its records, otherwise until the leader has synced them,
/// if `flush.messages` requires that.
final class DelayedProduce: DelayedOperation {
  private var outcomes: [AppendOutcome] = []
  private var pending = 0
  /// Nil once it was told.
  private var receiver: (any AppendReceiver)?
  /// Owns every partition and deadline that holds a waiting append.
  private let manager: Uncounted<ReplicaManager>

  init(manager: ReplicaManager) { self.manager = Uncounted(manager) }

  /// Takes up an append, and the array of its outcomes, which are the final ones except where something must be waited for.
  func begin(_ outcomes: inout [AppendOutcome], _ receiver: any AppendReceiver) {
    swap(&outcomes, &self.outcomes)
    self.receiver = receiver
  }

  var isDone: Bool { receiver == nil }

  /// Whether it answers a receiver.
  func answers(_ matches: (any AppendReceiver) -> Bool) -> Bool { receiver.map(matches) ?? false }

  /// Starts to wait for partitions.
  func wait(for appends: ContiguousArray<PendingAppend>) {
    pending = appends.count
    for append in appends {
      let watch = ProduceWatch(delayed: self, index: append.index, requiredOffset: append.requiredOffset)
      if append.isForSync { append.partition.syncWatches.insert(watch) } else { append.partition.produceWatches.insert(watch) }
    }
  }

  /// Answers everything that is still pending with REQUEST_TIMED_OUT: those records may or may not still be replicated.
  func expire() {
    guard !isDone else { return }
    mark(.appendTimedOut)
    for index in outcomes.indices {
      // A partition that has been removed has already answered.
      guard let partition = manager.object.replicas.table[outcomes[index].partition], partition.produceWatches.remove(self, index) else { continue }
      outcomes[index].fail(.requestTimedOut)
    }
    finish()
  }

  func partitionDone(_ index: Int, _ error: ErrorCode) {
    if error != .none { outcomes[index].fail(error) }
    pending -= 1
    if pending == 0 { finish() }
  }

  private func finish() {
    guard let receiver = receiver.take() else { return }
    receiver.appended(outcomes)
    manager.with { $0.takeRoom(of: &outcomes) }
  }
}

/// One partition's records that wait for the high watermark, or only for the leader's own sync.
struct PendingAppend {
  let partition: Partition
  /// The partition's index in the request.
  let index: Int
  let requiredOffset: Offset
  let isForSync: Bool
}

/// A delayed append, as one of its partitions knows it.
struct ProduceWatch {
  let delayed: DelayedProduce
  /// The partition's index in the request.
  let index: Int
  /// The high watermark, or the end of the synced records, that ends the wait.
  let requiredOffset: Offset
}

/// The appends of one partition that wait for the same thing, the lowest offset first.
struct ProduceWatches {
  private var watches: ContiguousArray<ProduceWatch> = []

  var isEmpty: Bool { watches.isEmpty }
  var first: ProduceWatch? { watches.first }

  /// The first of an append; nil if it does not wait here.
  func first(where isIt: (DelayedProduce) -> Bool) -> ProduceWatch? { watches.first { isIt($0.delayed) } }

  mutating func insert(_ watch: ProduceWatch) {
    // Only a batch that a producer resends waits for less than the batches before it.
    var place = watches.count
    while place > 0, watches[place - 1].requiredOffset > watch.requiredOffset { place -= 1 }
    if place == watches.count { watches.append(watch) } else { watches.insert(watch, at: place) }
  }

  /// Moves the watches that wait for at most an offset into an empty array.
  mutating func take(upTo end: Offset, into taken: inout ContiguousArray<ProduceWatch>) {
    var count = 0
    while count < watches.count, watches[count].requiredOffset <= end { count += 1 }
    guard count > 0 else { return }
    guard count < watches.count else { return swap(&taken, &watches) }
    taken.append(contentsOf: watches[..<count])
    watches.removeFirst(count)
  }

  mutating func takeAll() -> ContiguousArray<ProduceWatch> {
    var taken: ContiguousArray<ProduceWatch> = []
    swap(&taken, &watches)
    return taken
  }

  /// Removes a watch. Returns whether the request was still waiting here.
  mutating func remove(_ delayed: DelayedProduce, _ index: Int) -> Bool {
    guard let place = watches.firstIndex(where: { $0.delayed === delayed && $0.index == index }) else { return false }
    watches.remove(at: place)
    return true
  }
}

extension Partition {
  func wakeProduces() {
    guard !produceWatches.isEmpty else { return }
    guard role == .leader, !isRemoved else {
      // The records may or may not survive: the new leader decides.
      mark(.appendWaitsWhenLeadershipEnds)
      let error: ErrorCode = role == .offline ? .kafkaStorageError : .notLeaderOrFollower
      for watch in produceWatches.takeAll() { watch.delayed.partitionDone(watch.index, error) }
      return
    }
    var due: ContiguousArray<ProduceWatch> = []
    uncountedManager.with { swap(&due, &$0.roomForProduceWatches) }
    produceWatches.take(upTo: highWatermark, into: &due)
    requireDue(due.last?.requiredOffset)
    for watch in due { watch.delayed.partitionDone(watch.index, replicationVerdict) }
    due.empty()
    uncountedManager.with { swap(&due, &$0.roomForProduceWatches) }
  }

  /// Kafka syncs within the append, and then responds whatever happened to the leadership in the meantime.
  func wakeSyncs() {
    guard !syncWatches.isEmpty else { return }
    guard role == .leader, !isRemoved, let log else {
      for watch in syncWatches.takeAll() { watch.delayed.partitionDone(watch.index, role == .offline ? .kafkaStorageError : .none) }
      return
    }
    var due: ContiguousArray<ProduceWatch> = []
    syncWatches.take(upTo: log.durableEndOffset, into: &due)
    mustHold(
      due.last.map { $0.requiredOffset <= log.durableEndOffset } ?? true,
      "\(topicPartition): broker \(manager.localID) answers an append that waits for a sync up to \(due.last?.requiredOffset ?? .unknown), and \(log.durableEndOffset) offsets are synced")
    for watch in due { watch.delayed.partitionDone(watch.index, .none) }
  }

  /// The result for an append whose records the high watermark has passed: the ISR may have shrunk below its minimum in the meantime, and then the
  /// records are on too few replicas.
  var replicationVerdict: ErrorCode { countedISRSize < minimumISRSize ? .notEnoughReplicasAfterAppend : .none }
}

extension AppendOutcome {
  mutating func fail(_ error: ErrorCode, _ message: String? = nil) {
    self.error = error
    errorMessage = message
    baseOffset = .unknown
    logAppendTime = .none
    logStartOffset = .unknown
  }
}
