import Primitives

extension Partition {
  func markMoved(_ what: Movement) {
    if movement.isEmpty { uncountedManager.with { $0.moved.insert(self) } }
    movement.formUnion(what)
    stirSessionTargets()
  }

  /// Drops the waiting requests without an answer: there is no one left to receive it.
  func forgetWaitingRequests() {
    produceWatches = ProduceWatches()
    syncWatches = ProduceWatches()
    fetchWatches = FetchWatches()
    for target in sessionTargets { target.session?.forgetWaiting() }
    sessionTargets = []
    deleteRecordsWatches = []
  }

  /// Checks the requests that wait for what moved.
  func wakeWaitingRequests() {
    let what = movement
    movement = []
    if !what.isDisjoint(with: [.durableEnd, .leadership]) { wakeSyncs() }
    if what.contains(.leadership) {
      wakeProduces()
      wakeFetches(of: .followers) { fetch, _ in fetch.complete() }
      wakeFetches(of: .consumers) { fetch, _ in fetch.complete() }
      wakeDeleteRecords()
      return
    }
    // A follower waits for records, and also for the high watermark if it reported its own (KIP-1166).
    if what.contains(.highWatermark) {
      wakeProduces()
      // KAFKA-14334: an append by the replica fetcher woke nobody, and consumers of followers waited for as long as they allowed.
      let wakesConsumers = role == .leader || switches.wakeConsumersOfFollowers
      wakeFetches(of: wakesConsumers ? [.consumers, .followers] : .followers) { $0.partitionMoved($1) }
    } else if what.contains(.logEnd) {
      wakeFetches(of: .followers) { $0.partitionMoved($1) }
    }
    // The low watermark also rises when a replica is fenced, of which nobody tells the partition: Kafka looks again whenever the high watermark moves (Partition.tryCompleteDelayedRequests).
    if !what.isDisjoint(with: [.lowWatermark, .highWatermark]) { wakeDeleteRecords() }
  }

  /// Lets each fetch decide whether it has waited enough, those that have waited longest first. An answer may immediately bring a new fetch.
  private func wakeFetches(of who: FetchParameters.Origins, _ wake: (Fetch, FetchTarget) -> Void) {
    guard !sessionTargets.isEmpty || !fetchWatches.isEmpty else { return }
    var waiting: ContiguousArray<FetchWatch> = []
    swapRoom(&waiting)
    fetchWatches.collect(who, into: &waiting)
    collectFetchesOfSessions(who, into: &waiting)
    guard !waiting.isEmpty else { return swapRoom(&waiting) }
    if waiting.count > 1 {
      waiting.sort { ($0.fetch.parameters.origin.rawValue, $0.fetch.number) < ($1.fetch.parameters.origin.rawValue, $1.fetch.number) }
    }
    for watch in waiting where !watch.fetch.isDone { wake(watch.fetch, watch.target) }
    waiting.empty()
    swapRoom(&waiting)
  }

  private func swapRoom(_ waiting: inout ContiguousArray<FetchWatch>) { uncountedManager.with { swap(&waiting, &$0.roomForWatches) } }

  private func collectFetchesOfSessions(_ who: FetchParameters.Origins, into waiting: inout ContiguousArray<FetchWatch>) {
    let sessionTargets = sessionTargets, targets = sessionTargets.span
    for index in targets.indices {
      if let fetch = targets[index].fetchWaiting(for: who) { waiting.append(FetchWatch(fetch: fetch, target: targets[index])) }
    }
  }
}

extension ReplicaManager {
  /// Call it at the end of everything that may have moved a partition.
  func wakeWaitingRequests() {
    guard moved.beginDraining() else { return }
    while let partition = moved.takeNext() { partition.wakeWaitingRequests() }
  }
}
