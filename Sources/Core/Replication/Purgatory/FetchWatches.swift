/// A fetch that waits, as one of its partitions knows it. Those of sessions are found by the sessions' targets instead.
struct FetchWatch {
  let fetch: Fetch
  /// The partition's part in the fetch.
  let target: FetchTarget
}

/// The fetches without a session that wait for one partition. Those that were answered elsewhere are cleared away when they may have come to
/// outnumber the others.
struct FetchWatches {
  private var watches: ContiguousArray<FetchWatch> = []
  private var clearingThreshold = 16

  var isEmpty: Bool { watches.isEmpty }

  mutating func insert(_ fetch: Fetch, for target: FetchTarget) {
    if watches.count >= clearingThreshold { clear() }
    watches.append(FetchWatch(fetch: fetch, target: target))
  }

  private mutating func clear() {
    watches.removeAll { $0.fetch.isDone }
    clearingThreshold = max(16, 2 * watches.count)
  }

  /// Adds those that wait and are meant.
  mutating func collect(_ who: FetchParameters.Origins, into waiting: inout ContiguousArray<FetchWatch>) {
    guard !watches.isEmpty else { return }
    clear()
    for watch in watches where !watch.fetch.parameters.origin.isDisjoint(with: who) { waiting.append(watch) }
  }
}
