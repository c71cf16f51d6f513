import Controller
import Host
import Raft
import Replication
import Transport

extension BrokerNode {
  /// What must hold between two events of this node.
  public func checkInvariants(_ check: inout InvariantCheck) { broker?.checkInvariants(&check) }

  /// The state of the groups and of the transactions that this broker coordinates must be what their logs say. Reads the logs: not for a look between two events.
  public func checkCoordinatorReplay(_ check: inout InvariantCheck) {
    broker?.groups.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of groups")
    broker?.transactions.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of transactions")
  }

  /// What this broker's logs know of producers must be what their records say. Reads the logs: not for a look between two events.
  public func checkProducerReplay(_ check: inout InvariantCheck) {
    for partition in broker?.replicaManager.partitions ?? [] { partition.log?.checkProducerReplay(&check) }
  }
}

extension RunningBroker {
  func checkInvariants(_ check: inout InvariantCheck) {
    quorum.checkInvariants(&check)
    replicaManager.checkInvariants(&check)
    let name = "broker \(configuration.nodeID)"
    server?.checkInvariants(&check, name)
    groups.runtime.checkInvariants(&check, "\(name), coordinator of groups")
    transactions.checkInvariants(&check, "\(name), coordinator of transactions")
    // The controller looks at what it decides; this is about having followed it.
    if check.isWhole { metadata.image.checkInvariants(&check, "\(name), its metadata") }
  }
}
