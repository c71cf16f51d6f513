import Host
import Primitives

extension ControllerNode {
  /// Reports what was committed to observers.
  func report(_ delta: MetadataDelta) {
    for occurrence in delta.topicOccurrences(in: image) { reactor.host.report(occurrence) }
    for (id, before) in delta.brokers { report(id, before) }
  }

  private func report(_ id: NodeID, _ before: BrokerRegistration?) {
    guard let broker = image.broker(id) else { return }
    if broker.isFenced, before?.isFenced == false {
      reactor.host.report(.brokerFenced(id, reason: fencingReasons.removeValue(forKey: id) ?? .requested))
    }
    if before?.epoch != broker.epoch {
      reactor.host.report(.brokerRegistered(id, broker.epoch, cleanShutdown: uncleanRegistrations.remove(broker.epoch) == nil))
    }
    if !broker.isFenced, before?.isFenced != false { reactor.host.report(.brokerUnfenced(id)) }
  }
}

extension MetadataDelta {
  /// The changes of topics and partitions, as reported to observers.
  func topicOccurrences(in image: MetadataImage) -> [Occurrence] {
    var occurrences: [Occurrence] = deletedTopics.map { .topicDeleted($0.name, $0.id) }
    for (id, change) in topics {
      guard let topic = image.topic(id) else { continue }
      if !change.wasThere { occurrences.append(.topicCreated(topic.name, id, partitions: topic.partitions.count)) }
      for (number, before) in change.partitions {
        guard let after = topic[number] else { continue }
        let partition = TopicPartition(topic.name, number)
        if after.leaderEpoch != before?.leaderEpoch {
          occurrences.append(
            .leaderElected(
              partition, leader: after.leader, epoch: after.leaderEpoch, isr: after.isr, election: after.election(after: before)))
        }
        if let before, after.isr != before.isr || after.eligibleLeaderReplicas != before.eligibleLeaderReplicas {
          occurrences.append(.isrChanged(partition, from: before.isr, to: after.isr, eligible: after.eligibleLeaderReplicas))
        }
      }
    }
    return occurrences
  }
}

extension PartitionRegistration {
  /// The rule by which the leader was elected, as far as the states before and after show.
  func election(after before: PartitionRegistration?) -> Occurrence.Election {
    guard hasLeader else { return .none }
    guard let before else { return .clean }
    if before.isr.contains(leader) {
      return hasPreferredLeader && before.hasLeader && before.leader != leader && isr.contains(before.leader) ? .preferred : .clean
    }
    if before.eligibleLeaderReplicas.contains(leader) { return .fromEligible }
    // A leader from outside the ISR has to recover. One that joins the ISR as the last of a reassignment leads with the same change (KAFKA-19212).
    if leaderRecoveryState == .recovered { return .clean }
    return before.lastKnownEligibleLeaderReplicas == [leader] ? .lastKnown : .unclean
  }
}
