import Primitives
import Wire

extension QuorumReplica {
  /// Answers DescribeQuorum: who leads, and how far each replica is. Only the leader knows: any other replica answers NOT_LEADER_OR_FOLLOWER. Version 2 and
  /// later also include the voters' endpoints (KIP-853). A request that does not name the metadata log alone gets UNKNOWN_TOPIC_OR_PARTITION for all that it
  /// names.
  public func describe(_ request: DescribeQuorumRequest, version: Int16) -> DescribeQuorumResponse {
    var response = DescribeQuorumResponse()
    guard request.namesMetadataLogAlone else { return request.refusedInEachPartition(.unknownTopicOrPartition, "only \(Self.partition) has a quorum") }
    guard let leading else { return request.refusedInEachPartition(.notLeaderOrFollower, "this replica does not lead \(Self.partition)") }
    var topic = DescribeQuorumResponse.TopicData()
    topic.topicName = Self.partition.topic
    topic.partitions = [describe(leading)]
    response.topics = [topic]
    guard version >= 2 else { return response }
    response.nodes = voters.map { voter in
      var node = DescribeQuorumResponse.Node()
      node.nodeId = voter.id.value
      node.listeners = voter.listeners.map { .init(name: $0.name, $0.address) }
      return node
    }
    return response
  }

  private func describe(_ leading: QuorumLeader) -> DescribeQuorumResponse.PartitionData {
    leading.forgetSilentObservers(at: reactor.now)
    // A leader is at its own end, and that at any time.
    let now = reactor.wallClock
    let states = leading.replicas.map { (isVoter: $0.isVoter, state: DescribeQuorumResponse.ReplicaState($0, leaderAt: $0.id == leading.id ? now : nil)) }
    var answer = DescribeQuorumResponse.PartitionData()
    answer.partitionIndex = Self.partition.partition
    answer.leaderId = leading.id.value
    answer.leaderEpoch = leading.epoch.value
    // Before a leader has committed something in its epoch it knows no high watermark.
    answer.highWatermark = leading.isAnnounced ? highWatermark.value : Offset.unknown.value
    answer.currentVoters = states.filter(\.isVoter).map(\.state)
    answer.observers = states.filter { !$0.isVoter }.map(\.state)
    return answer
  }
}

extension DescribeQuorumRequest {
  fileprivate var namesMetadataLogAlone: Bool {
    let partition = QuorumReplica.partition
    return topics.count == 1 && topics[0].topicName == partition.topic && topics[0].partitions.map(\.partitionIndex) == [partition.partition]
  }

  fileprivate func refusedInEachPartition(_ error: ErrorCode, _ message: String) -> DescribeQuorumResponse {
    DescribeQuorumResponse { response in
      response.topics = topics.map { topic in
        DescribeQuorumResponse.TopicData { refused in
          refused.topicName = topic.topicName
          refused.partitions = topic.partitions.map { partition in
            DescribeQuorumResponse.PartitionData { ($0.partitionIndex, $0.errorCode, $0.errorMessage) = (partition.partitionIndex, error, message) }
          }
        }
      }
    }
  }
}

extension DescribeQuorumResponse.ReplicaState {
  /// - Parameter leaderAt: The time now, of the leader's own state (`RaftUtil.toReplicaState`).
  fileprivate init(_ replica: QuorumLeader.Replica, leaderAt now: Timestamp?) {
    self.init()
    replicaId = replica.id.value
    replicaDirectoryId = replica.key.directoryID
    logEndOffset = replica.logEndOffset.value
    lastFetchTimestamp = (now ?? replica.lastFetch).milliseconds
    lastCaughtUpTimestamp = (now ?? replica.lastCaughtUp).milliseconds
  }
}
