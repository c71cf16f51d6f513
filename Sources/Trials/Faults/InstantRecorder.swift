import Primitives

/// Writes down when the instants come that a schedule could wait for.
final class InstantRecorder {
  struct Coming: Equatable {
    let instant: NamedInstant
    /// On the scenario's clock.
    let time: Duration
  }

  /// In the order in which they came. Of some kind there is one for each record, so later ones are left out.
  private(set) var comings: [Coming] = []
  private static let most = 100_000

  /// Something that only grows, and the instant at which it reaches a number.
  private struct Counter {
    let read: () -> Int
    let instant: (Int) -> NamedInstant
    var reached = 0
  }

  private let view: ClusterViewHolder
  private let partitions: [TopicPartition]
  private var counters: [Counter] = []
  private var inSyncReplicas: [[[NodeID]]] = []

  init(_ view: ClusterViewHolder, _ nodes: NodeTable, brokers: [NodeID]) {
    self.view = view
    partitions = nodes.partitions
    for partition in partitions { count({ $0.cluster[partition].elections }) { .election(partition, times: $0) } }
    for broker in brokers {
      count({ $0.cluster.fencings[broker, default: 0] }) { .fenced(broker, times: $0) }
      count({ $0.cluster.unfencings[broker, default: 0] }) { .unfenced(broker, times: $0) }
    }
    count({ $0.cluster.activations }) { .active(times: $0) }
    for (group, _) in nodes.groups {
      count({ $0.groups[group]?.standing.isStable == true ? 1 : 0 }) { _ in .stable(group) }
      count({ $0.groups[group]?.rebalances ?? 0 }) { .rebalance(group, times: $0) }
      count({ $0.groups[group]?.standing.members ?? 0 }) { .joined(group, members: $0) }
    }
    for id in nodes.transactions {
      count({ $0.transactions.begun(id) }) { .transactionBegun(id, times: $0) }
      for state in ["PrepareCommit", "PrepareAbort"] { count({ $0.transactions.entries(of: id, into: state) }) { .transactionState(id, state, times: $0) } }
      count({ $0.transactions.entries(of: id, into: "CompleteCommit") }) { .transactionCommitted(id, times: $0) }
      count({ $0.transactions.entries(of: id, into: "CompleteAbort") }) { .transactionAborted(id, times: $0) }
    }
    count({ $0.acknowledged }) { .acknowledged($0) }
    // What is so from the beginning comes at no time.
    for index in counters.indices { counters[index].reached = counters[index].read() }
    inSyncReplicas = partitions.map { [view.cluster[$0].isr.sorted()] }
  }

  private func count(_ read: @escaping (ClusterViewHolder) -> Int, _ instant: @escaping (Int) -> NamedInstant) {
    counters.append(Counter(read: { [view] in read(view) }, instant: instant))
  }

  /// Looks at what the cluster is like.
  func look(at time: Duration) {
    for index in counters.indices {
      let count = counters[index].read()
      while counters[index].reached < count {
        counters[index].reached += 1
        add(counters[index].instant(counters[index].reached), time)
      }
    }
    for (index, partition) in partitions.enumerated() {
      let isr = view.cluster[partition].isr.sorted()
      guard isr != inSyncReplicas[index].last, !inSyncReplicas[index].contains(isr) else { continue }
      inSyncReplicas[index].append(isr)
      add(.isr(partition, isr), time)
    }
  }

  /// An entry was carried out for the first time.
  func add(entry: String, at time: Duration) { add(.entry(entry), time) }

  private func add(_ instant: NamedInstant, _ time: Duration) {
    if comings.count < Self.most { comings.append(Coming(instant: instant, time: time)) }
  }
}
