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
