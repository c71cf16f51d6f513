import Primitives
import Wire

extension ControllerState {
  /// What a change of one broker means for the partitions it touches.
  struct BrokerChange {
    /// No leaders any more and out of every ISR.
    var removed: [NodeID] = []
    /// Acceptable as a leader although the image still shows it as fenced.
    var added: NodeID?
    /// Back without what it had: out of ISR and ELR, and no leader.
    var uncleanShutdown: NodeID?
  }

  /// New ISRs and leaders for the chosen partitions after a change of a broker.
  func leaderAndISRUpdates(_ change: BrokerChange, where isTouched: (PartitionRegistration) -> Bool) -> [MetadataRecord] {
    var records: [MetadataRecord] = []
    let image = image
    let isAcceptableLeader: (NodeID) -> Bool = {
      !change.removed.contains($0) && $0 != change.uncleanShutdown && ($0 == change.added || image.isActive($0))
    }
    forEachPartition { topic, number, partition in
      guard isTouched(partition) else { return }
      var partitionChange = PartitionChange(of: partition, number, of: topic, in: self, isAcceptableLeader: isAcceptableLeader)
      if allowsUncleanElection(topic.name) { partitionChange.election = .unclean }
      partitionChange.uncleanShutdown = change.uncleanShutdown
      partitionChange.isr.removeAll { change.removed.contains($0) || $0 == change.uncleanShutdown }
      if let record = partitionChange.record() { records.append(.partitionChange(record)) }
    }
    return records
  }

  /// A broker's session expired, or it asked to be fenced.
  public func fence(_ broker: BrokerRegistration) -> [MetadataRecord] {
    let updates = leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { $0.isr.contains(broker.id) }
    return updates + [.brokerRegistrationChange(BrokerRegistrationChangeRecord(broker, fenced: 1))]
  }

  /// All brokers at work have ended together, and none of them lives. Fenced as one, they leave each partition to whoever led it as the last
  /// known leader; one after another, the last of them would be that everywhere.
  func fenceAll() -> [MetadataRecord] {
    let brokers = image.brokers.filter { !$0.isFenced }
    let ids = brokers.map(\.id)
    return leaderAndISRUpdates(BrokerChange(removed: ids)) { $0.isr.contains(where: ids.contains) }
      + brokers.map { .brokerRegistrationChange(BrokerRegistrationChangeRecord($0, fenced: 1)) }
  }

  /// A broker is ready: partitions without a leader may find one in it.
  public func unfence(_ broker: BrokerRegistration) -> [MetadataRecord] {
    let updates = leaderAndISRUpdates(BrokerChange(added: broker.id)) { !$0.hasLeader }
    return [.brokerRegistrationChange(BrokerRegistrationChangeRecord(broker, fenced: -1))] + updates
  }

  /// A broker wants to stop: its leaders move, and it leaves every ISR, for good in this life (KIP-841).
  func beginControlledShutdown(of broker: BrokerRegistration) -> [MetadataRecord] {
    var records: [MetadataRecord] = []
    if !broker.inControlledShutdown {
      records.append(.brokerRegistrationChange(BrokerRegistrationChangeRecord(broker, inControlledShutdown: 1)))
    }
    return records + leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { $0.isr.contains(broker.id) }
  }

  func hasLeaderships(_ broker: NodeID) -> Bool {
    image.topics.values.contains { topic in topic.partitions.contains { $0.leader == broker } }
  }
}

extension BrokerRegistrationChangeRecord {
  init(_ broker: BrokerRegistration, fenced: Int8 = 0, inControlledShutdown: Int8 = 0) {
    self.init()
    brokerId = broker.id.value
    brokerEpoch = broker.epoch.value
    self.fenced = fenced
    self.inControlledShutdown = inControlledShutdown
  }
}
