import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Moves partitions to other replicas, or cancels a move (KIP-455).
  public func alterPartitionReassignments(_ request: AlterPartitionReassignmentsRequest) -> MetadataDecision<AlterPartitionReassignmentsResponse> {
    var decision = MetadataDecision([], AlterPartitionReassignmentsResponse())
    decision.response.allowReplicationFactorChange = request.allowReplicationFactorChange
    for topic in request.topics {
      var result = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
      result.name = topic.name
      for partition in topic.partitions {
        guard decision.records.count <= Self.maximumUserRecords else { return decision }
        var answer = AlterPartitionReassignmentsResponse.ReassignablePartitionResponse()
        answer.partitionIndex = partition.partitionIndex
        do throws(Refusal) {
          if let record = try reassign(topic.name, partition, allowsReplicationFactorChange: request.allowReplicationFactorChange) {
            decision.records.append(.partitionChange(record))
          }
        } catch {
          answer.errorCode = error.code
          answer.errorMessage = error.message
        }
        result.partitions.append(answer)
      }
      decision.response.responses.append(result)
    }
    return decision
  }

  private func reassign(
    _ topicName: String, _ wanted: AlterPartitionReassignmentsRequest.ReassignablePartition, allowsReplicationFactorChange: Bool
  ) throws(Refusal) -> PartitionChangeRecord? {
    guard let topic = image.topic(named: topicName), let partition = topic[wanted.partitionIndex] else {
      throw Refusal(.unknownTopicOrPartition, "unable to find partition \(topicName)-\(wanted.partitionIndex)")
    }
    var change = PartitionChange(of: partition, wanted.partitionIndex, of: topic, in: self, isAcceptableLeader: image.isActive)
    if allowsUncleanElection(topic.name) { change.election = .unclean }
    if let target = wanted.replicas {
      let replicas = nodes(target)
      try checkManualAssignment(replicas, replicationFactor: nil)
      let original = partition.replicas.filter { !partition.addingReplicas.contains($0) }
      if !allowsReplicationFactorChange, replicas.count != original.count {
        throw Refusal(.invalidReplicationFactor, "the replication factor is changed from \(original.count) to \(replicas.count)")
      }
      if partition.isReassigning { mark(.reassignmentReplaced) }
      change.reassign(from: partition.replicas, to: replicas)
    } else {
      try cancel(partition, &change, allowsUnclean: allowsUncleanElection(topic.name))
    }
    return change.record()
  }

  private func cancel(_ partition: PartitionRegistration, _ change: inout PartitionChange, allowsUnclean: Bool) throws(Refusal) {
    guard partition.isReassigning else { throw Refusal(.noReassignmentInProgress) }
    let replicas = partition.replicas.filter { !partition.addingReplicas.contains($0) }
    var isr = partition.isr.filter { !partition.addingReplicas.contains($0) }
    if isr.isEmpty, let first = replicas.first {
      guard allowsUnclean else {
        mark(.reassignmentNotCancelled)
        throw Refusal(.invalidReplicaAssignment, "the reassignment cannot be cancelled: none of the former replicas is in the ISR")
      }
      isr = [first]
    }
    mark(.reassignmentCancelled)
    change.replicas = replicas
    change.isr = isr
    change.adding = []
    change.removing = []
  }
}

extension MetadataImage {
  /// Lists the ongoing reassignments.
  public func listPartitionReassignments(_ request: ListPartitionReassignmentsRequest) -> ListPartitionReassignmentsResponse {
    var response = ListPartitionReassignmentsResponse()
    let wanted: [(topic: TopicImage, partitions: [Int32])] =
      request.topics?.compactMap { wanted in topic(named: wanted.name).map { ($0, wanted.partitionIndexes) } }
      ?? topics.values.map { ($0, Array(0..<Int32($0.partitions.count))) }
    for (topic, partitions) in wanted {
      var ongoing = ListPartitionReassignmentsResponse.OngoingTopicReassignment()
      ongoing.name = topic.name
      ongoing.partitions = partitions.compactMap { number in
        guard let partition = topic[number], partition.isReassigning else { return nil }
        var move = ListPartitionReassignmentsResponse.OngoingPartitionReassignment()
        move.partitionIndex = number
        move.replicas = numbers(partition.replicas)
        move.addingReplicas = numbers(partition.addingReplicas)
        move.removingReplicas = numbers(partition.removingReplicas)
        return move
      }
      if !ongoing.partitions.isEmpty { response.topics.append(ongoing) }
    }
    return response
  }
}

extension PartitionChange {
  /// Starts a reassignment: until it is complete the partition has the replicas of both assignments, the target ones first.
  mutating func reassign(from current: [NodeID], to target: [NodeID]) {
    removing = current.filter { !target.contains($0) }.sorted()
    adding = target.filter { !current.contains($0) }.sorted()
    replicas = target + removing
  }
}
