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

  var count: Int { partitions.count }
  var isEmpty: Bool { partitions.isEmpty }

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
    stirSessionTargets()
  }

  /// Drops the requests that wait, without an answer: nobody is there any more to hear it.
  func forgetWaitingRequests() {
    produceWatches = ProduceWatches()
    syncWatches = ProduceWatches()
    fetchWatches = FetchWatches()
    for target in sessionTargets { target.session?.forgetWaiting() }
    sessionTargets = []
    deleteRecordsWatches = []
  }

  /// Looks at the requests that wait for what moved.
  func wakeWaitingRequests() {
    let what = movement
    movement = []
    if !what.isDisjoint(with: [.durableEnd, .leadership]) { wakeSyncs() }
    if what.contains(.leadership) {
      wakeProduces()
      wakeFetches(of: .followers) { delayed, _ in delayed.complete() }
      wakeFetches(of: .consumers) { delayed, _ in delayed.complete() }
      wakeDeleteRecords()
      return
    }
    if what.contains(.highWatermark) {
      wakeProduces()
      wakeFetches(of: .consumers) { $0.partitionMoved($1) }
    }
    // A follower waits for records, and for the high watermark where it told its own (KIP-1166).
    if !what.isDisjoint(with: [.logEnd, .highWatermark]) { wakeFetches(of: .followers) { $0.partitionMoved($1) } }
    if what.contains(.lowWatermark) { wakeDeleteRecords() }
  }

  /// Each fetch decides whether it has waited enough, those that wait longest first. An answer may bring a new fetch in at once.
  private func wakeFetches(of who: FetchParameters.Origin, _ wake: (DelayedFetch, FetchTarget) -> Void) {
    var waiting: ContiguousArray<FetchWatch> = []
    swap(&waiting, &manager.roomForWatches)
    fetchWatches.collect(who, into: &waiting)
    for index in sessionTargets.indices where sessionTargets[index].isWaited(for: who) {
      let target = sessionTargets[index]
      if let delayed = target.session?.waiting { waiting.append(FetchWatch(delayed: delayed, target: target)) }
    }
    guard !waiting.isEmpty else { return swap(&waiting, &manager.roomForWatches) }
    if waiting.count > 1 { waiting.sort { $0.delayed.number < $1.delayed.number } }
    for watch in waiting where !watch.delayed.isDone { wake(watch.delayed, watch.target) }
    waiting.removeAll(keepingCapacity: true)
    swap(&waiting, &manager.roomForWatches)
  }
}

extension ReplicaManager {
  /// To be called at the end of everything that may have moved a partition.
  func wakeWaitingRequests() {
    guard moved.beginDraining() else { return }
    while let partition = moved.takeNext() { partition.wakeWaitingRequests() }
  }
}
