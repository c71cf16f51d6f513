import Coordination
import Primitives
import Wire

extension GroupShard {
  /// Handles TxnOffsetCommit: offsets that count when the producer's transaction is committed. The caller has already removed topics that do not
  /// exist, and asked the transaction's coordinator.
  ///
  /// A member whose generation or epoch is over gets ILLEGAL_GENERATION: otherwise it would commit what its successor has read (KIP-447).
  ///
  /// - Parameter verification: The guard that the log returned when the coordinator was asked.
  /// - Source: Kafka's `OffsetMetadataManager.commitTransactionalOffset`.
  public mutating func commitTransactionalOffsets(
    _ request: TxnOffsetCommitRequest, version: Int16, verification: TransactionVerification = .notRequired, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, TxnOffsetCommitResponse> {
    do throws(Refusal) {
      try checkCommit(request, version: version)
    } catch {
      mark(.transactionalCommitRefused)
      tellRefusal(error.code, of: request.memberId, in: request.groupId)
      throw error
    }
    requireCommitterOwns(request.groupId, request.memberId, request.generationId, partitions(of: request))
    var commits = OffsetCommits(of: request.groupId, maxMetadataSize: Int(settings.offsetMetadataMaxSize))
    var response = TxnOffsetCommitResponse()
    for topic in request.topics {
      var result = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
      result.name = topic.name
      for partition in topic.partitions {
        var entry = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
        entry.partitionIndex = partition.partitionIndex
        entry.errorCode = try commits.add(CommittedOffset(partition, at: time.wallClock), topic.name, partition.partitionIndex)
        result.partitions.append(entry)
      }
      response.topics.append(result)
    }
    let producer = TransactionalProducer(id: request.producerId, epoch: request.producerEpoch, verification: verification)
    return CoordinatorDecision(
      commits.records, response, producer: producer, known: { [commits] shard in commits.replay(into: &shard, from: producer.id) })
  }

  /// Throws unless the sender may commit (`validateTransactionalOffsetCommit`). Before version 3 requests do not name a member.
  private func checkCommit(_ request: TxnOffsetCommitRequest, version: Int16) throws(Refusal) {
    guard let group = groups[request.groupId] else {
      guard request.generationId < 0 else { throw Refusal(.illegalGeneration) }
      return
    }
    guard settings.switches.fenceCommits else { return }
    switch group {
    case .classic(let classic):
      let error = classic.checkCommit(
        member: request.memberId, instance: request.groupInstanceId, generation: request.generationId, isTransactional: true, settings.switches)
      if error != .none { throw Refusal(error) }
    case .consumer(let consumer):
      let committer = ConsumerGroup.Committer(
        memberId: request.memberId, instanceId: request.groupInstanceId, epoch: request.generationId, isTransactional: true, version: version)
      do throws(Refusal) {
        try consumer.checkCommit(by: committer, for: partitions(of: request), fence: settings.switches.commitFence)
      } catch {
        // Producers do not know member epochs.
        throw error.code == .staleMemberEpoch ? Refusal(.illegalGeneration, error.message) : error
      }
    }
  }

  private func partitions(of request: TxnOffsetCommitRequest) -> some Sequence<(topic: Uuid?, partition: Int32)> {
    request.topics.lazy.flatMap { topic in
      let id = cluster.topic(named: topic.name)?.id
      return topic.partitions.map { (topic: id, partition: $0.partitionIndex) }
    }
  }
}
