/// A delayed fetch as one of its partitions knows it.
struct FetchWatch {
  let delayed: DelayedFetch
  /// The partition's place among the fetch's targets.
  let index: Int
}

/// The fetches that wait for one partition. Those that were answered elsewhere are cleared away when they are met, or when they
/// may have come to outnumber the others.
struct FetchWatches {
  private var watches: ContiguousArray<FetchWatch> = []
  private var clearingThreshold = 16
  private var isVisited = false

  mutating func insert(_ watch: FetchWatch) {
    if watches.count >= clearingThreshold, !isVisited {
      clear()
      clearingThreshold = max(16, 2 * watches.count)
    }
    watches.append(watch)
  }

  mutating func beginVisit() -> Bool {
    guard !watches.isEmpty, !isVisited else { return false }
    isVisited = true
    return true
  }

  func watch(at index: Int) -> FetchWatch? { index < watches.count ? watches[index] : nil }

  mutating func endVisit() {
    isVisited = false
    clear()
  }

  private mutating func clear() { watches.removeAll { $0.delayed.isDone } }
}
