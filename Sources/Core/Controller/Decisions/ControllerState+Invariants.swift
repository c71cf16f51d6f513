import Host
import Primitives
import Wire

// What must hold when a decision is made, and when it is committed.

extension ControllerState {
  /// Checks what a decision comes to, once its records are applied: who is fenced or stops has lost its places, and only who is not fenced has a session.
  func requireDecision(_ records: [MetadataRecord]) {
    for record in records {
      switch record {
      case .registerBroker(let record): requirePlaces(of: NodeID(record.brokerId))
      case .brokerRegistrationChange(let record): requirePlaces(of: NodeID(record.brokerId))
      case .partition(let record): requireLeader(of: record.topicId, record.partitionId)
      case .partitionChange(let record): requireLeader(of: record.topicId, record.partitionId)
      default: break
      }
    }
  }

  private func requirePlaces(of id: NodeID) {
    guard let broker = image.broker(id) else { return }
    mustHold(
      broker.isFenced != sessions.hasSession(id, epoch: broker.epoch),
      "broker \(id) is \(broker.isFenced ? "fenced in epoch \(broker.epoch), and has a session" : "not fenced in epoch \(broker.epoch), and has no session")")
    guard !broker.isActive else { return }
    forEachPartition { topic, number, partition in
      mustHold(
        partition.leader != id && !(image.features.hasEligibleLeaderReplicas && partition.isr.contains(id)),
        "\(topic.name)-\(number): broker \(id) is \(broker.isFenced ? "fenced" : "shutting down"), leader is \(partition.leader), and the ISR \(partition.isr)")
    }
  }

  private func requireLeader(of topic: Uuid, _ number: Int32) {
    guard let partition = image.topic(topic)?[number], partition.hasLeader else { return }
    mustHold(
      partition.isr.contains(partition.leader) && image.broker(partition.leader)?.isFenced == false,
      "\(image.topic(topic)?.name ?? "")-\(number): broker \(partition.leader) is to lead, which is fenced or not in the ISR \(partition.isr)")
  }

  /// Checks what a new active controller takes over (KAFKA-18138).
  func requireBeginning(of node: NodeID) {
    for broker in image.brokers {
      mustHold(
        broker.isFenced || sessions.hasSession(broker.id, epoch: broker.epoch), "controller \(node) becomes active, broker \(broker.id) is not fenced, and has no session")
    }
  }

  /// Checks that a part of what is committed is what was decided. To be called where nothing else is on its way.
  func requireCommitted(_ delta: MetadataDelta, in committed: MetadataImage, of node: NodeID) {
    for (id, change) in delta.topics {
      for number in change.partitions.keys {
        mustHold(
          committed.topic(id)?[number] == image.topic(id)?[number],
          "controller \(node): of \(change.name)-\(number) \(words(committed.topic(id)?[number])) is committed, and \(words(image.topic(id)?[number])) was decided")
      }
    }
    for id in delta.removedTopics { mustHold(image.topic(id) == nil, "controller \(node): the end of topic \(id) is committed, and it was not decided") }
    for id in delta.brokers.keys {
      mustHold(committed.broker(id) == image.broker(id), "controller \(node): of broker \(id) is committed what was not decided")
    }
    for resource in delta.configs {
      mustHold(committed.config(of: resource) == image.config(of: resource), "controller \(node): of the settings of \(resource) is committed what was not decided")
    }
    mustHold(
      committed.nextProducerID == image.nextProducerID,
      "controller \(node): producer ids below \(committed.nextProducerID) are granted by what is committed, and those below \(image.nextProducerID) were")
  }

  private func words(_ partition: PartitionRegistration?) -> String {
    partition.map { "leader \($0.leader) in epoch \($0.leaderEpoch) with the ISR \($0.isr) in partition epoch \($0.partitionEpoch)" } ?? "nothing"
  }
}

extension MetadataImage {
  /// Whether a broker may be in an ISR in the life that a leader means; -1 where it does not say.
  func isInLife(_ broker: NodeID, _ epoch: Int64) -> Bool {
    self.broker(broker).map { $0.isActive && (epoch == -1 || $0.epoch == BrokerEpoch(epoch)) } ?? false
  }
}

extension BrokerSessions {
  /// Whether a broker's session has just begun anew, and it is remembered that it shuts down, where it does.
  func isFresh(_ broker: NodeID, epoch: BrokerEpoch, isShuttingDown: Bool, at now: Instant) -> Bool {
    sessions.contains {
      $0.broker == broker && $0.epoch == epoch && $0.hasSession && $0.lastContact == now && ($0.controlledShutdownOffset != nil) == isShuttingDown
    }
  }
}
