import Primitives
import Replication
import Sim
import Workloads

/// Records in the contract what a broker is about to lose with its page cache or its disk.
final class LossLedger {
  private let cluster: TrialCluster
  /// The synced ends of the logs of killed nodes: a page cache survives the end of its process, but not a later power loss.
  private var syncedAtDeath: [NodeIndex: [(PartitionNumber, Offset)]] = [:]

  init(of cluster: TrialCluster) { self.cluster = cluster }

  /// Must be called before a node is killed.
  func recordKill(of node: NodeIndex) {
    guard let replicas = cluster.replicas(of: node) else { return }
    syncedAtDeath[node] = syncedEnds(of: replicas)
  }

  /// Must be called before a node loses its unsynced data, or its whole disk.
  func recordDestruction(at node: NodeIndex, isDiskLost: Bool) {
    let replicas = cluster.replicas(of: node)
    if !isDiskLost { cluster.observer.cluster?.recordPowerLoss(of: node, (replicas ?? []).map { ($0.topicPartition, $0.log?.flushedOffset ?? 0) }) }
    let synced = replicas.map(syncedEnds) ?? syncedAtDeath[node] ?? []
    for (partition, flushed) in synced {
      cluster.observer.contract.recordDestruction(of: partition, at: cluster.world.id(of: node), from: isDiskLost ? 0 : flushed)
    }
  }

  /// The offsets up to which the logs of replicas are synced.
  private func syncedEnds(of replicas: [Partition]) -> [(PartitionNumber, Offset)] {
    replicas.map { (cluster.recorder.number(of: $0.topicPartition, topicID: $0.id.topic), $0.log?.flushedOffset ?? 0) }
  }
}
