import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Handles a leader that asks for a different ISR of its partitions (KIP-497), or reports that it has recovered (KIP-704).
  public func alterPartition(_ request: AlterPartitionRequest, version: Int16) -> MetadataDecision<AlterPartitionResponse> {
    var response = AlterPartitionResponse()
    do throws(Refusal) {
      try checkBrokerEpoch(request.brokerId, request.brokerEpoch)
    } catch {
      response.errorCode = error.code
      return MetadataDecision([], response)
    }
    var records: [MetadataRecord] = []
    for topic in request.topics {
      var answered = AlterPartitionResponse.TopicData()
      answered.topicId = topic.topicId
      answered.partitions = topic.partitions.map { partition in
        alterPartition(partition, of: topic.topicId, by: NodeID(request.brokerId), version: version, &records)
      }
      response.topics.append(answered)
    }
    return MetadataDecision(records, response)
  }

  private func alterPartition(
    _ wanted: AlterPartitionRequest.PartitionData, of topicID: Uuid, by leader: NodeID, version: Int16, _ records: inout [MetadataRecord]
  ) -> AlterPartitionResponse.PartitionData {
    var answer = AlterPartitionResponse.PartitionData()
    answer.partitionIndex = wanted.partitionIndex
    // Before version 3 requests contain only the members; their broker epochs are not checked.
    let members = version >= 3
      ? wanted.newIsrWithEpochs.map { (NodeID($0.brokerId), $0.brokerEpoch) } : wanted.newIsr.map { (NodeID($0), -1) }
    do throws(Refusal) {
      let topic = try topicOrRefuse(topicID)
      var partition = try partitionOrRefuse(wanted.partitionIndex, of: topic)
      try checkAlterPartition(wanted, members, of: partition, by: leader)

      let image = image
      var change = PartitionChange(of: partition, wanted.partitionIndex, of: topic, in: self) { replica in
        // The requesting leader may stay although it is in controlled shutdown: the records of the shutdown remove it.
        image.isActive(replica) || replica == partition.leader && image.broker(replica)?.isFenced == false
      }
      if allowsUncleanElection(topic.name) { change.election = .unclean }
      change.isr = members.map(\.0)
      change.leaderRecoveryState = LeaderRecoveryState(rawValue: wanted.leaderRecoveryState) ?? .recovered
      if let record = change.record() {
        records.append(.partitionChange(record))
        let before = partition
        partition = partition.applying(record)
        mustHold(
          LeaderEpoch(wanted.leaderEpoch) == before.leaderEpoch && PartitionEpoch(wanted.partitionEpoch).next == partition.partitionEpoch,
          "\(topic.name)-\(wanted.partitionIndex): partition epoch \(partition.partitionEpoch) is what broker \(leader) asked for in partition epoch \(wanted.partitionEpoch), leader epoch "
            + "\(wanted.leaderEpoch); the leader epoch was \(before.leaderEpoch)")
        mustHold(
          before.leader == leader && members.allSatisfy { image.isInLife($0.0, $0.1) },
          "\(topic.name)-\(wanted.partitionIndex): broker \(leader) asks for the ISR \(members.map { "\($0.0) in broker epoch \($0.1)" }), and broker "
            + "\(before.leader) leads, or some are not active in these epochs")
        // The end of a reassignment may move leadership away from the requester: that is both an error and a change.
        if record.leader != PartitionChangeRecord.noLeaderChange, record.leader != leader.value {
          mark(.leaderMovedByReassignment)
          throw Refusal(.newLeaderElected)
        }
      }
      answer.leaderId = partition.leader.value
      answer.leaderEpoch = partition.leaderEpoch.value
      answer.isr = numbers(partition.isr)
      answer.leaderRecoveryState = partition.leaderRecoveryState.rawValue
      answer.partitionEpoch = partition.partitionEpoch.value
    } catch {
      answer.errorCode = error.code
    }
    return answer
  }

  private func topicOrRefuse(_ id: Uuid) throws(Refusal) -> TopicImage {
    guard let topic = image.topic(id) else { throw Refusal(.unknownTopicId) }
    return topic
  }

  private func partitionOrRefuse(_ number: Int32, of topic: TopicImage) throws(Refusal) -> PartitionRegistration {
    guard let partition = topic[number] else { throw Refusal(.unknownTopicOrPartition) }
    return partition
  }

  private func checkAlterPartition(
    _ wanted: AlterPartitionRequest.PartitionData, _ members: [(NodeID, Int64)], of partition: PartitionRegistration, by leader: NodeID
  ) throws(Refusal) {
    if switches.fenceAlterPartitionByEpoch {
      // A leader that knows more than this controller has heard from a newer one.
      if wanted.leaderEpoch > partition.leaderEpoch.value {
        mark(.leaderAheadOfController)
        throw Refusal(.notController)
      }
      if wanted.partitionEpoch > partition.partitionEpoch.value { throw Refusal(.notController) }
      if wanted.leaderEpoch < partition.leaderEpoch.value {
        mark(.isrChangeOfFormerLeader)
        throw Refusal(.fencedLeaderEpoch)
      }
      if leader != partition.leader { throw Refusal(.invalidRequest, "broker \(leader) does not lead the partition") }
      if wanted.partitionEpoch < partition.partitionEpoch.value {
        mark(.isrChangeOutdated)
        throw Refusal(.invalidUpdateVersion)
      }
    }
    let isr = members.map(\.0)
    guard isr.contains(leader), !isr.hasRepeatedElements, isr.allSatisfy(partition.replicas.contains) else {
      throw Refusal(.invalidRequest, "an ISR holds the leader and other replicas, each once")
    }
    if LeaderRecoveryState(rawValue: wanted.leaderRecoveryState) == .recovering,
      isr.count > 1 || partition.leaderRecoveryState == .recovered
    {
      throw Refusal(.invalidRequest, "a leader that recovers is alone in its ISR, and nobody goes back to recovering")
    }
    for (replica, epoch) in members { try checkEligible(replica, epoch, for: partition) }
  }

  /// Checks that a replica may be in an ISR: it must not be fenced or stopping (KIP-841), or belong to a later life than the leader means (KIP-903).
  private func checkEligible(_ replica: NodeID, _ epoch: Int64, for partition: PartitionRegistration) throws(Refusal) {
    guard let broker = image.broker(replica) else { throw Refusal(.ineligibleReplica) }
    if switches.rejectFencedInISR, !broker.isActive {
      mark(.isrMemberFenced)
      throw Refusal(.ineligibleReplica)
    }
    if switches.checkBrokerEpochOnAlterPartition, epoch != -1, broker.epoch.value != epoch {
      mark(.isrMemberOfFormerLife)
      throw Refusal(.ineligibleReplica)
    }
  }
}
