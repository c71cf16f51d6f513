import Primitives

/// The fetchers of a broker: one for each leader that it follows.
final class FetcherTable {
  /// In ascending order of the leaders' ids.
  var all: [ReplicaFetcher] = []

  /// Follows the partition's leader from here on, in its current leader epoch.
  func add(_ partition: Partition, manager: ReplicaManager) {
    remove(partition)
    fetcher(for: partition.leaderID, manager: manager).add(partition)
  }

  func remove(_ partition: Partition) {
    partition.fetching?.isActive = false
    partition.fetching = nil
  }

  func isFetching(_ partition: Partition) -> Bool { partition.fetching != nil }

  func brokersChanged(_ brokers: ClusterBrokers) {
    for fetcher in all { fetcher.address = brokers[fetcher.leaderID]?.address }
  }

  func fetchWhatIsReady() {
    for fetcher in all { fetcher.proceed() }
  }

  func fetchWhatIsReady(of partition: Partition) { partition.fetching?.fetcher.proceed() }

  private func fetcher(for leader: NodeID, manager: ReplicaManager) -> ReplicaFetcher {
    if let fetcher = all.first(where: { $0.leaderID == leader }) { return fetcher }
    let fetcher = ReplicaFetcher(leaderID: leader, manager: manager)
    all.append(fetcher)
    all.sort { $0.leaderID < $1.leaderID }
    return fetcher
  }
}
