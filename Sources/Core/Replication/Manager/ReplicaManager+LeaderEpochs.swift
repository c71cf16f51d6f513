import Primitives
import Wire

extension ReplicaManager {
  /// Reports to followers and consumers where leader epochs end in the logs of this broker (KIP-101, KIP-279, KIP-320).
  public func offsetsForLeaderEpoch(_ request: OffsetForLeaderEpochRequest) -> OffsetForLeaderEpochResponse {
    var response = OffsetForLeaderEpochResponse()
    for topic in request.topics {
      var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
      result.topic = topic.topic
      result.partitions = topic.partitions.map { endOffset($0, ofTopic: topic.topic) }
      response.topics.append(result)
    }
    return response
  }

  private func endOffset(
    _ asked: OffsetForLeaderEpochRequest.OffsetForLeaderPartition, ofTopic topic: String
  ) -> OffsetForLeaderEpochResponse.EpochEndOffset {
    var answer = OffsetForLeaderEpochResponse.EpochEndOffset()
    answer.partition = asked.partition
    do {
      let partition = try replicas.existing(TopicPartition(topic, asked.partition))
      let current = LeaderEpoch(asked.currentLeaderEpoch)
      guard let end = try partition.endOffset(of: LeaderEpoch(asked.leaderEpoch), inEpoch: current) else { return answer }
      answer.leaderEpoch = end.epoch.value
      answer.endOffset = end.endOffset.value
    } catch {
      answer.errorCode = error
    }
    return answer
  }
}

extension Partition {
  /// Where an epoch ends in this leader's log; nil if it is above all known epochs.
  func endOffset(of epoch: LeaderEpoch, inEpoch current: LeaderEpoch) throws(ErrorCode) -> (epoch: LeaderEpoch, endOffset: Offset)? {
    let log = try log(inEpoch: current, onlyLeader: true)
    switch switches.offsetForLeaderEpoch {
    case .kip279:
      return log.endOffset(of: epoch)
    case .kip101:
      // KIP-101 did not return an epoch: the follower cannot see that its own epoch is unknown here, and that an earlier one is the last that both
      // share (KAFKA-6361).
      return log.endOffsetByKIP101(of: epoch).map { (.unknown, $0) }
    }
  }
}
