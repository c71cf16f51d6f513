import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Elects the preferred leaders, or any live replicas, for some partitions or all (KIP-183, KIP-460).
  public func electLeaders(_ request: ElectLeadersRequest) -> MetadataDecision<ElectLeadersResponse> {
    var decision = MetadataDecision([], ElectLeadersResponse())
    guard let election = election(request.electionType) else {
      decision.response.errorCode = .invalidRequest
      return decision
    }
    let wanted: [(topic: String, partitions: [Int32])] =
      request.topicPartitions?.map { ($0.topic, $0.partitions) }
      ?? image.topics.values.map { ($0.name, Array(0..<Int32($0.partitions.count))) }
    for (topic, partitions) in wanted {
      var result = ElectLeadersResponse.ReplicaElectionResult()
      result.topic = topic
      for partition in partitions {
        guard decision.records.count <= Self.maximumUserRecords else { return decision }
        var answer = ElectLeadersResponse.PartitionResult()
        answer.partitionId = partition
        do throws(Refusal) {
          decision.records.append(.partitionChange(try electLeader(topic, partition, election)))
        } catch {
          // A request for all partitions is not told about those that need no election.
          if request.topicPartitions == nil, error.code == .electionNotNeeded { continue }
          answer.errorCode = error.code
          answer.errorMessage = error.message
        }
        result.partitionResult.append(answer)
      }
      if request.topicPartitions != nil || !result.partitionResult.isEmpty { decision.response.replicaElectionResults.append(result) }
    }
    return decision
  }

  private func election(_ number: Int8) -> PartitionChange.ElectionRule? {
    switch number {
    case 0: .preferred
    case 1: .unclean
    default: nil
    }
  }

  private func electLeader(_ topicName: String, _ number: Int32, _ election: PartitionChange.ElectionRule) throws(Refusal) -> PartitionChangeRecord {
    guard let topic = image.topic(named: topicName) else { throw Refusal(.unknownTopicOrPartition, "no such topic as \(topicName)") }
    guard let partition = topic[number] else { throw Refusal(.unknownTopicOrPartition, "no such partition as \(topicName)-\(number)") }
    if election == .preferred ? partition.hasPreferredLeader : partition.hasLeader { throw Refusal(.electionNotNeeded) }
    var change = PartitionChange(of: partition, number, of: topic, in: self, isAcceptableLeader: image.isActive)
    change.election = election
    guard let record = change.record() else {
      mark(.electionWithoutCandidate)
      throw Refusal(election == .preferred ? .preferredLeaderNotAvailable : .eligibleLeadersNotAvailable)
    }
    return record
  }

  /// Moves leadership back to preferred leaders (`auto.leader.rebalance.enable`).
  public func rebalanceLeaders() -> [MetadataRecord] {
    var records: [MetadataRecord] = []
    let image = image
    forEachPartition { topic, number, partition in
      guard !partition.hasPreferredLeader else { return }
      var change = PartitionChange(of: partition, number, of: topic, in: self) { image.isActive($0) }
      change.election = .preferred
      if let record = change.record() {
        mark(.preferredLeaderElected)
        records.append(.partitionChange(record))
      }
    }
    return records
  }

  /// Gives partitions without a leader to any live replica, if that is allowed (`unclean.leader.election.interval.ms`).
  public func electUncleanly() -> [MetadataRecord] {
    leaderAndISRUpdatesOfLeaderless()
  }

  private func leaderAndISRUpdatesOfLeaderless() -> [MetadataRecord] { leaderAndISRUpdates(BrokerChange()) { !$0.hasLeader } }
}
