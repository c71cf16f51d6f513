import Controller
import Host
import Raft
import Replication
import Transport

extension BrokerNode {
  /// Checks what must hold between two events of this node.
  public func checkInvariants(_ check: inout InvariantCheck) { broker?.checkInvariants(&check) }

  /// The requests to this broker that are not answered yet.
  public var openRequests: [RequestServer.OpenRequest] { broker?.server?.openRequests ?? [] }

  /// Checks that the state of the groups and transactions that this broker coordinates matches their logs. Reads the logs: not for checks between two
  /// events.
  public func checkCoordinatorReplay(_ check: inout InvariantCheck) {
    broker?.groups.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of groups")
    broker?.transactions.runtime.checkReplay(&check, "broker \(configuration.nodeID), coordinator of transactions")
  }

  /// Checks that this broker's metadata matches its snapshots and its metadata log. Reads the disk: not for checks between two events.
  public func checkMetadataReplay(_ check: inout InvariantCheck) {
    guard let broker, broker.quorum.isWell else { return }
    broker.metadata.image.checkReplay(&check, of: broker.quorum, "broker \(configuration.nodeID)")
  }

  /// Checks that what this broker's logs keep about their batches is what the batches say. Reads the logs: not for checks between two events.
  public func checkLogContents(_ check: inout InvariantCheck) {
    guard let broker else { return }
    for partition in broker.replicaManager.partitions { partition.log?.checkContents(&check) }
    if broker.sharedNode == nil { broker.quorum.checkLogContents(&check) }
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
    checkAgainstMetadata(&check, name)
  }

  /// Checks that what this broker takes part in follows from the metadata log, as far as it has read that.
  private func checkAgainstMetadata(_ check: inout InvariantCheck, _ name: String) {
    let image = metadata.image, epoch = lifeCycle.brokerEpoch
    if epoch != .unknown, image.lastOffset.value >= epoch.value {
      // One that an operator took out (UnregisterBroker) is in none.
      let registered = image.broker(configuration.nodeID)?.epoch ?? epoch
      check.require(registered >= epoch, "\(name): it is registered in epoch \(epoch), and by the metadata log in epoch \(registered)")
    }
    check.each(of: replicaManager.partitions) { partition, check in
      // The replica of a topic that was deleted, or of a partition that went to other brokers, goes after the record.
      guard let registration = image.partition(partition.id) else { return }
      partition.checkInvariants(&check, against: registration, name)
    }
  }
}

extension Partition {
  /// Checks that role, epochs and ISR are those of the metadata log, as far as this broker has read it. A leader may have heard of a newer ISR, from the controller itself.
  fileprivate func checkInvariants(_ check: inout InvariantCheck, against registration: PartitionRegistration, _ name: String) {
    guard role != .offline, leaderID != .none else { return }
    check.require(
      leaderEpoch <= registration.leaderEpoch,
      "\(name), \(topicPartition): it takes part in leader epoch \(leaderEpoch), and the metadata log has come to \(registration.leaderEpoch)")
    check.require(
      partitionEpoch <= registration.partitionEpoch || isLeader,
      "\(name), \(topicPartition): it is in partition epoch \(partitionEpoch), and the metadata log has come to \(registration.partitionEpoch)")
    guard leaderEpoch == registration.leaderEpoch else { return }
    check.require(
      leaderID == registration.leader,
      "\(name), \(topicPartition): it takes broker \(leaderID) for the leader of epoch \(leaderEpoch), and by the metadata log that is broker \(registration.leader)")
    guard isLeader, partitionEpoch == registration.partitionEpoch else { return }
    check.require(
      isr == registration.isr, "\(name), \(topicPartition): its ISR is \(isr) in partition epoch \(partitionEpoch), and by the metadata log \(registration.isr)")
  }
}
