import Primitives
import Wire

extension QuorumReplica {
  /// Answers DescribeQuorum: who leads, and how far each replica is. Only the leader knows. Version 2 and later also include the voters' endpoints
  /// (KIP-853).
  public func describe(_ request: DescribeQuorumRequest, version: Int16) -> DescribeQuorumResponse {
    var response = DescribeQuorumResponse()
    response.topics = request.topics.map { topic in
      var answered = DescribeQuorumResponse.TopicData()
      answered.topicName = topic.topicName
      answered.partitions = topic.partitions.map { describe(topic.topicName, $0.partitionIndex) }
      return answered
    }
    guard version >= 2 else { return response }
    response.nodes = voters.map { voter in
      var node = DescribeQuorumResponse.Node()
      node.nodeId = voter.id.value
      node.listeners = voter.listeners.map { .init(name: $0.name, $0.address) }
      return node
    }
    return response
  }

  private func describe(_ topic: String, _ partition: Int32) -> DescribeQuorumResponse.PartitionData {
    var answer = DescribeQuorumResponse.PartitionData()
    answer.partitionIndex = partition
    guard topic == Self.partition.topic, partition == 0 else {
      answer.errorCode = .unknownTopicOrPartition
      return answer
    }
    guard let leading else {
      answer.errorCode = .notLeaderOrFollower
      return answer
    }
    answer.leaderId = leading.id.value
    answer.leaderEpoch = leading.epoch.value
    answer.highWatermark = highWatermark.value
    answer.currentVoters = leading.replicas.filter(\.isVoter).map { .init($0) }
    answer.observers = leading.replicas.filter { !$0.isVoter }.map { .init($0) }
    return answer
  }
}

extension DescribeQuorumResponse.ReplicaState {
  init(_ replica: QuorumLeader.Replica) {
    self.init()
    replicaId = replica.id.value
    replicaDirectoryId = replica.key.directoryID
    logEndOffset = replica.logEndOffset.value
    lastFetchTimestamp = replica.lastFetch.milliseconds
    lastCaughtUpTimestamp = replica.lastCaughtUp.milliseconds
  }
}
