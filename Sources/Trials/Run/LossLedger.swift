import Primitives
import Replication
import Sim
import Workloads

/// Records in the contract what a broker is about to lose with its page cache or its disk.
final class LossLedger {
  private let cluster: TrialCluster
  /// Up to where the logs of killed nodes were synced: a page cache survives the end of its process, but not a later power loss. The next life of the node knows of a log once it has
  /// it as a replica.
  private var syncedAtDeath: [NodeIndex: [PartitionNumber: Offset]] = [:]

  init(of cluster: TrialCluster) { self.cluster = cluster }

  /// Must be called before a node is killed.
  func recordKill(of node: NodeIndex) { syncedAtDeath[node] = syncedEnds(at: node) }

  /// Must be called before a node loses its unsynced data, or its whole disk.
  func recordDestruction(at node: NodeIndex, isDiskLost: Bool) {
    if !isDiskLost { cluster.observer.cluster?.recordPowerLoss(of: node) }
    for (partition, synced) in syncedEnds(at: node).sorted(by: { $0.key < $1.key }) {
      cluster.observer.contract.recordDestruction(of: partition, at: cluster.world.id(of: node), from: isDiskLost ? 0 : synced)
    }
    syncedAtDeath[node] = nil
  }

  /// Up to where the logs on a node's disk are synced.
  private func syncedEnds(at node: NodeIndex) -> [PartitionNumber: Offset] {
    var ends = syncedAtDeath[node] ?? [:]
    for replica in cluster.replicas(of: node) ?? [] {
      ends[cluster.recorder.number(of: replica.topicPartition, topicID: replica.id.topic)] = replica.log?.flushedOffset ?? 0
    }
    return ends
  }
}
