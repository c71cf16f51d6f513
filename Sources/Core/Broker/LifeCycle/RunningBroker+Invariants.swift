import Controller
import Host
import Raft
import Replication
import Transport

extension BrokerNode {
  /// What must hold between two events of this node.
  public func checkInvariants(_ check: inout InvariantCheck) { broker?.checkInvariants(&check) }
}

extension RunningBroker {
  func checkInvariants(_ check: inout InvariantCheck) {
    quorum.checkInvariants(&check)
    replicaManager.checkInvariants(&check)
    let name = "broker \(configuration.nodeID)"
    server?.checkInvariants(&check, name)
    // The controller looks at what it decides; this is about having followed it.
    if check.isWhole { metadata.image.checkInvariants(&check, "\(name), its metadata") }
  }
}
