import Controller
import Host
import Raft
import Replication
import Transport

extension BrokerNode {
  /// Checks what must hold between two events of this node.
  public func checkInvariants(_ check: inout InvariantCheck) { broker?.checkInvariants(&check) }

  /// Checks that the state of the groups and transactions that this broker coordinates matches their logs. Reads the logs: not for checks between two
  /// events.
  public func checkCoordinatorReplay(_ check: inout InvariantCheck) {
    broker?.groups.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of groups")
    broker?.transactions.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of transactions")
  }

  /// Checks that what this broker's logs know of producers matches their records. Reads the logs: not for checks between two events.
  public func checkProducerReplay(_ check: inout InvariantCheck) {
    for partition in broker?.replicaManager.partitions ?? [] { partition.log?.checkProducerReplay(&check) }
  }
}

extension RunningBroker {
  func checkInvariants(_ check: inout InvariantCheck) {
    if sharedNode == nil { quorum.checkInvariants(&check) }
    replicaManager.checkInvariants(&check)
    let name = "broker \(configuration.nodeID)"
    server?.checkInvariants(&check, name)
    groups.runtime.checkInvariants(&check, "\(name), coordinator of groups")
    transactions.checkInvariants(&check, "\(name), coordinator of transactions")
    // The controller checks its own decisions; this checks that the broker has followed them.
    if check.isWhole { metadata.image.checkInvariants(&check, "\(name), its metadata") }
  }
}
