import Host
import Log
import Primitives
import Raft

// Inspects a broker's disk before the broker is started. Nothing is opened or changed.

extension BrokerNode {
  /// Whether there are replicas of topics on a disk.
  ///
  /// - Parameter directory: `BrokerConfiguration.logDirectory`, as below.
  public static func hasReplicas(in directory: String, onDisk disk: any Disk) throws(LogError) -> Bool { try LogManager.hasLogs(root: directory, disk: disk) }

  /// Whether there are replicas, and their last life did not shut down cleanly.
  public static func mustRecover(in directory: String, onDisk disk: any Disk) throws(LogError) -> Bool {
    guard try hasReplicas(in: directory, onDisk: disk) else { return false }
    return !LogManager.endedCleanly(root: directory, disk: disk)
  }

  /// Checks what prevents a broker from starting on a disk.
  public static func check(in directory: String, onDisk disk: any Disk, clusterID: String, nodeID: NodeID) throws(LogError) {
    try LogManager.check(root: directory, disk: disk, clusterID: clusterID, nodeID: nodeID)
    try QuorumReplica.check(disk: disk)
  }
}
