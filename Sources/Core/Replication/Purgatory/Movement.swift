/// What moved in a partition, as far as waiting requests care.
struct Movement: OptionSet {
  let rawValue: UInt8

  static let logEnd = Movement(rawValue: 1)
  /// The high watermark, the last stable offset, or what the ISR makes of them.
  static let highWatermark = Movement(rawValue: 2)
  static let lowWatermark = Movement(rawValue: 4)
  /// The leader epoch or the role: whoever waits must hear of it.
  static let leadership = Movement(rawValue: 8)
  /// What is synced, where `flush.messages` asks for that.
  static let durableEnd = Movement(rawValue: 16)
}

/// Partitions in which something moved, each once, in the order in which it first did.
///
/// Waiting requests are looked at when the event's work is done, not in the midst of it: an append to ten partitions, or a fetch
/// that moves ten high watermarks, answers a request that waits for all of them once.
struct MovedPartitions {
  private var partitions: ContiguousArray<Partition> = []
  private var next = 0
  private var isDraining = false

  mutating func insert(_ partition: Partition) { partitions.append(partition) }

  /// False where there is nothing to do, or where the loop over the moved partitions runs already: it will come to what was added.
  mutating func beginDraining() -> Bool {
    guard !isDraining, !partitions.isEmpty else { return false }
    isDraining = true
    return true
  }

  mutating func takeNext() -> Partition? {
    guard next < partitions.count else {
      partitions.removeAll(keepingCapacity: true)
      next = 0
      isDraining = false
      return nil
    }
    next += 1
    return partitions[next - 1]
  }
}

extension Partition {
  func note(_ what: Movement) {
    if movement.isEmpty { manager.moved.insert(self) }
    movement.formUnion(what)
  }

  /// Drops the requests that wait, without an answer: nobody is there any more to hear it.
  func forgetWaitingRequests() {
    produceWatches = ProduceWatches()
    syncWatches = ProduceWatches()
    followerFetchWatches = FetchWatches()
    consumerFetchWatches = FetchWatches()
    deleteRecordsWatches = []
  }

  /// Looks at the requests that wait for what moved.
  func wakeWaitingRequests() {
    let what = movement
    movement = []
    if !what.isDisjoint(with: [.durableEnd, .leadership]) { wakeSyncs() }
    if what.contains(.leadership) {
      wakeProduces()
      wakeFetches(\.followerFetchWatches) { $0.delayed.complete() }
      wakeFetches(\.consumerFetchWatches) { $0.delayed.complete() }
      wakeDeleteRecords()
      return
    }
    if what.contains(.highWatermark) {
      wakeProduces()
      wakeFetches(\.consumerFetchWatches) { $0.delayed.partitionMoved(at: $0.index) }
    }
    // A follower waits for records, and for the high watermark where it told its own (KIP-1166).
    if !what.isDisjoint(with: [.logEnd, .highWatermark]) {
      wakeFetches(\.followerFetchWatches) { $0.delayed.partitionMoved(at: $0.index) }
    }
    if what.contains(.lowWatermark) { wakeDeleteRecords() }
  }

  /// Each fetch decides whether it has waited enough. An answer may bring a new fetch in at once.
  private func wakeFetches(_ watches: ReferenceWritableKeyPath<Partition, FetchWatches>, _ wake: (FetchWatch) -> Void) {
    guard self[keyPath: watches].beginVisit() else { return }
    var index = 0
    while let watch = self[keyPath: watches].watch(at: index) {
      if !watch.delayed.isDone { wake(watch) }
      index += 1
    }
    self[keyPath: watches].endVisit()
  }
}

extension ReplicaManager {
  /// To be called at the end of everything that may have moved a partition.
  func wakeWaitingRequests() {
    guard moved.beginDraining() else { return }
    while let partition = moved.takeNext() { partition.wakeWaitingRequests() }
  }
}
