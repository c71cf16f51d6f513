import Primitives
import Wire

extension ControllerState {
  /// How a change of one broker affects its partitions.
  struct BrokerChange {
    /// These brokers lose all leaderships and leave every ISR.
    var removed: [NodeID] = []
    /// This broker may become a leader although the image still shows it as fenced.
    var added: NodeID?
    /// This broker came back without its data: it leaves ISR and ELR, and cannot lead.
    var uncleanShutdown: NodeID?
  }

  /// Computes new ISRs and leaders for the selected partitions after a change of a broker.
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

  /// Fences a broker whose session expired, or that asked to be fenced.
  public func fence(_ broker: BrokerRegistration) -> [MetadataRecord] {
    let updates = leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { $0.isr.contains(broker.id) }
    return updates + [.brokerRegistrationChange(BrokerRegistrationChangeRecord(broker, fenced: 1))]
  }

  /// Fences all active brokers, which ended together. Fencing them as one leaves each partition its actual last leader as the last known leader;
  /// fencing them in sequence would make the last of them that everywhere.
  func fenceAll() -> [MetadataRecord] {
    let brokers = image.brokers.filter { !$0.isFenced }
    let ids = brokers.map(\.id)
    return leaderAndISRUpdates(BrokerChange(removed: ids)) { $0.isr.contains(where: ids.contains) }
      + brokers.map { .brokerRegistrationChange(BrokerRegistrationChangeRecord($0, fenced: 1)) }
  }

  /// Unfences a ready broker: it may become the leader of partitions without one.
  public func unfence(_ broker: BrokerRegistration) -> [MetadataRecord] {
    let updates = leaderAndISRUpdates(BrokerChange(added: broker.id)) { !$0.hasLeader }
    return [.brokerRegistrationChange(BrokerRegistrationChangeRecord(broker, fenced: -1))] + updates
  }

  /// Starts a controlled shutdown: the broker's leaderships move, and it leaves every ISR, for the rest of this life (KIP-841).
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
