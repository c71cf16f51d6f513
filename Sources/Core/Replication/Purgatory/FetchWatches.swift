/// A waiting fetch, as one of its partitions knows it. Fetches of sessions are found through the sessions' targets instead.
struct FetchWatch {
  let fetch: Fetch
  /// The target of the fetch in this partition.
  let target: FetchTarget
}

/// The waiting fetches without a session in one partition. Those that were answered through other partitions are removed when they may outnumber the
/// others.
struct FetchWatches {
  private var watches: ContiguousArray<FetchWatch> = []
  private var clearingThreshold = 16

  var isEmpty: Bool { watches.isEmpty }

  /// The fetch that answers a client; nil if none waits here.
  func fetch(of client: any FetchAnswering) -> Fetch? { watches.first { $0.fetch.answers(client) }?.fetch }

  mutating func insert(_ fetch: Fetch, for target: FetchTarget) {
    if watches.count >= clearingThreshold { clear() }
    watches.append(FetchWatch(fetch: fetch, target: target))
  }

  private mutating func clear() {
    watches.removeAll { $0.fetch.isDone }
    clearingThreshold = max(16, 2 * watches.count)
  }

  /// Adds the waiting fetches with the given origins.
  mutating func collect(_ who: FetchParameters.Origins, into waiting: inout ContiguousArray<FetchWatch>) {
    guard !watches.isEmpty else { return }
    clear()
    for watch in watches where !watch.fetch.parameters.origin.isDisjoint(with: who) { waiting.append(watch) }
  }
}
