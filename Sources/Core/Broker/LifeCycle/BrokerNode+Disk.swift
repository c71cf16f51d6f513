import Host
import Log
import Primitives
import Raft

// Inspects a broker's disk before the broker is started. Nothing is opened or changed.

extension BrokerNode {
  /// Whether there are replicas of topics on a disk.
  public static func hasReplicas(onDisk disk: any Disk) throws(LogError) -> Bool { try LogManager.hasLogs(root: LogDirectory.root, disk: disk) }

  /// Whether there are replicas, and their last life did not shut down cleanly.
  public static func mustRecover(onDisk disk: any Disk) throws(LogError) -> Bool {
    guard try hasReplicas(onDisk: disk) else { return false }
    return !LogManager.endedCleanly(root: LogDirectory.root, disk: disk)
  }

  /// Checks what prevents a broker from starting on a disk.
  public static func check(disk: any Disk, clusterID: String, nodeID: NodeID) throws(LogError) {
    try LogManager.check(root: LogDirectory.root, disk: disk, clusterID: clusterID, nodeID: nodeID)
    try QuorumReplica.check(disk: disk)
  }
}
