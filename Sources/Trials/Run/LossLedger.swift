import Primitives
import Replication
import Sim
import Workloads

/// Writes into the contract what a broker is about to lose with its page cache or its disk.
final class LossLedger {
  private let cluster: TrialCluster
  /// Up to where the logs of nodes that were killed are on the platter: a page cache outlives its process, but not a later power loss.
  private var syncedAtDeath: [NodeIndex: [(PartitionNumber, Offset)]] = [:]

  init(of cluster: TrialCluster) { self.cluster = cluster }

  /// To be called before a node is killed.
  func noteKill(of node: NodeIndex) {
    guard let replicas = cluster.replicas(of: node) else { return }
    syncedAtDeath[node] = syncedEnds(of: replicas)
  }

  /// To be called before a node loses what it did not sync, or its whole disk.
  func noteDestruction(at node: NodeIndex, isDiskLost: Bool) {
    let synced = cluster.replicas(of: node).map(syncedEnds) ?? syncedAtDeath[node] ?? []
    for (partition, flushed) in synced {
      cluster.observer.contract.noteDestruction(of: partition, at: cluster.world.id(of: node), from: isDiskLost ? 0 : flushed)
    }
  }

  /// Up to which offset the logs of replicas are on the platter.
  private func syncedEnds(of replicas: [Partition]) -> [(PartitionNumber, Offset)] {
    replicas.map { (cluster.recorder.number(of: $0.topicPartition, topicID: $0.id.topic), $0.log?.flushedOffset ?? 0) }
  }
}
