import Host
import Log

// What a broker's disk says before the broker is started. Nothing is opened or changed.

extension BrokerNode {
  /// Whether there are replicas of topics on a disk.
  public static func hasReplicas(onDisk disk: any Disk) throws -> Bool { try LogManager.hasLogs(root: LogDirectory.root, disk: disk) }

  /// Whether there are replicas, and their last life did not end in good order.
  public static func mustRecover(onDisk disk: any Disk) throws -> Bool {
    try hasReplicas(onDisk: disk) && !LogManager.endedCleanly(root: LogDirectory.root, disk: disk)
  }
}
