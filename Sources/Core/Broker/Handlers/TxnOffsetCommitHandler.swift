import Controller
import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles TxnOffsetCommit: commits offsets of existing topics in a producer's transaction, once its coordinator has confirmed that the transaction
  /// is open.
  ///
  /// Source: Kafka's `KafkaApis.handleTxnOffsetCommitRequest` and `GroupCoordinatorService.commitTransactionalOffsets`.
  func handleTxnOffsetCommit(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(TxnOffsetCommitRequest.self) else { return }
    var response = TxnOffsetCommitResponse()
    request.topics = request.topics.compactMap { topic in known(topic, &response) }
    guard !request.topics.isEmpty else { return incoming.respond(response) }
    let finish: (Result<TxnOffsetCommitResponse, Refusal>) -> Void = { [request, response] result in
      switch result {
      case .success(let committed): incoming.respond(response.merged(with: committed))
      case .failure(let refusal): incoming.respond(response.merged(with: request.refused(refusal.code.asToldBy(version: incoming.version))))
      }
    }
    guard !request.groupId.isEmpty else { return finish(.failure(Refusal(.invalidGroupId))) }
    let partition = groups.partition(of: request.groupId)
    verifier.verify(
      [TransactionVerifier.Beginning(partition: TopicPartition(TopicName.consumerOffsets, partition), sequence: -1)],
      of: TransactionVerifier.Producer(transactionalID: request.transactionalId, id: request.producerId, epoch: request.producerEpoch),
      TransactionOperation(txnOffsetCommitVersion: incoming.version)
    ) { [groups, request] results in
      switch results[0] {
      case .failure(let error): finish(.failure(Refusal(error)))
      case .success(let verification):
        groups.runtime.write(to: partition) { shard, time throws(Refusal) in
          try shard.commitTransactionalOffsets(request, version: incoming.version, verification: verification, at: time)
        } answer: { finish($0) }
      }
    }
  }

  /// A topic with its existing partitions; the others are answered with errors.
  private func known(
    _ topic: TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic, _ response: inout TxnOffsetCommitResponse
  ) -> TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic? {
    let image = metadata.image.topic(named: topic.name)
    var known = topic
    known.partitions = topic.partitions.filter { image?[$0.partitionIndex] != nil }
    if known.partitions.count < topic.partitions.count {
      var refused = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
      refused.name = topic.name
      refused.partitions = topic.partitions.filter { image?[$0.partitionIndex] == nil }.map { $0.answer(.unknownTopicOrPartition) }
      response.topics.append(refused)
    }
    return known.partitions.isEmpty ? nil : known
  }
}

extension ErrorCode {
  /// Producers before version 2 cannot handle a coordinator that is loading (KAFKA-7296).
  fileprivate func asToldBy(version: Int16) -> ErrorCode {
    let error = asToldByCoordinator
    return version < 2 && error == .coordinatorLoadInProgress ? .coordinatorNotAvailable : error
  }
}

extension TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition {
  fileprivate func answer(_ error: ErrorCode) -> TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition {
    var answer = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
    (answer.partitionIndex, answer.errorCode) = (partitionIndex, error)
    return answer
  }
}

extension TxnOffsetCommitRequest {
  fileprivate func refused(_ error: ErrorCode) -> TxnOffsetCommitResponse {
    var response = TxnOffsetCommitResponse()
    response.topics = topics.map { topic in
      var result = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
      result.name = topic.name
      result.partitions = topic.partitions.map { $0.answer(error) }
      return result
    }
    return response
  }
}

extension TxnOffsetCommitResponse {
  /// Merges both responses, with one entry for each topic.
  fileprivate func merged(with other: TxnOffsetCommitResponse) -> TxnOffsetCommitResponse {
    guard !topics.isEmpty else { return other }
    var merged = self
    for topic in other.topics {
      var empty = topic
      empty.partitions = []
      let place = merged.topics.group(where: { $0.name == topic.name }, or: empty)
      merged.topics[place].partitions.append(contentsOf: topic.partitions)
    }
    return merged
  }
}
