import Controller
import Coordination
import Primitives
import Transactions
import Transport
import Wire

extension BrokerApis {
  /// Handles AddPartitionsToTxn: up to version 3 from a producer, about one transaction; from version 4 on from brokers, about several, usually only
  /// to verify them (KIP-890).
  ///
  /// Source: Kafka's `KafkaApis.handleAddPartitionsToTxnRequest`.
  func handleAddPartitionsToTxn(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(AddPartitionsToTxnRequest.self) else { return }
    let version = incoming.version
    let asked = version < 4 ? [request.transactionOfProducer] : request.transactions
    let answers = PendingAnswers<AddPartitionsToTxnResponse.AddPartitionsToTxnResult>(count: asked.count) { answers in
      var response = AddPartitionsToTxnResponse()
      if version < 4 { response.resultsByTopicV3AndBelow = answers[0].topicResults } else { response.resultsByTransaction = answers }
      incoming.respond(response)
    }
    for (place, transaction) in asked.enumerated() {
      add(transaction, version: version) { answers[place] = transaction.result($0) }
    }
  }

  /// Completes with one error for each partition, in the order of the request.
  private func add(
    _ transaction: AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction, version: Int16, _ answer: @escaping ([ErrorCode]) -> Void
  ) {
    let partitions = transaction.partitions
    func refuse(_ error: ErrorCode) { answer(Array(repeating: error, count: partitions.count)) }
    let objections = partitions.map { objection(toAdding: $0, version: version) }
    // All partitions are added, or none.
    guard objections.allSatisfy({ $0 == nil }) else { return answer(objections.map { $0 ?? .operationNotAttempted }) }
    guard transaction.verifyOnly else {
      return add(
        partitions, to: transaction.transactionalId, producerID: transaction.producerId, producerEpoch: transaction.producerEpoch, version: version, refuse)
    }
    // The decided state may be taken back, and records that had been admitted to the partition would belong to no transaction.
    let verified = transactions.runtime.readCommitted(from: transactions.partition(of: transaction.transactionalId)) { committed throws(Refusal) in
      try committed.verifyPartitions(
        partitions, transactionalID: transaction.transactionalId, producerID: transaction.producerId, producerEpoch: transaction.producerEpoch)
    }
    switch verified {
    case .success(let errors): answer(errors)
    case .failure(let refusal): refuse(refusal.code.asToldByCoordinator)
    }
  }

  /// Producers must not write to internal topics; only brokers add those.
  private func objection(toAdding partition: TopicPartition, version: Int16) -> ErrorCode? {
    if version < 4, TopicName.isInternal(partition.topic) { return .topicAuthorizationFailed }
    return metadata.image.partition(partition) == nil ? .unknownTopicOrPartition : nil
  }

  /// - Parameter version: The version of AddPartitionsToTxn.
  private func add(
    _ partitions: [TopicPartition], to transactionalID: String, producerID: Int64, producerEpoch: Int16, version: Int16,
    _ answer: @escaping (ErrorCode) -> Void
  ) {
    transactions.runtime.write(to: transactions.partition(of: transactionalID)) { shard, time throws(Refusal) in
      try shard.addPartitions(
        partitions, transactionalID: transactionalID, producerID: producerID, producerEpoch: producerEpoch, version: version, at: time)
    } answer: { result in
      switch result {
      case .success: answer(.none)
      case .failure(let refusal): answer(refusal.code.asToldByCoordinator)
      }
    }
  }

  /// Handles AddOffsetsToTxn: adds the partition of `__consumer_offsets` that holds the offsets of a group. Producers whose records add partitions
  /// automatically do not send it.
  ///
  /// Source: Kafka's `KafkaApis.handleAddOffsetsToTxnRequest`.
  func handleAddOffsetsToTxn(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(AddOffsetsToTxnRequest.self) else { return }
    // Only producers send it, and they use AddPartitionsToTxn up to version 3. Both introduced PRODUCER_FENCED in the same version.
    add(
      [TopicPartition(TopicName.consumerOffsets, groups.partition(of: request.groupId))], to: request.transactionalId, producerID: request.producerId,
      producerEpoch: request.producerEpoch, version: min(incoming.version, 3)
    ) { incoming.respond(request.refused($0)) }
  }
}

extension AddPartitionsToTxnRequest {
  /// The transaction in a request up to version 3.
  fileprivate var transactionOfProducer: AddPartitionsToTxnTransaction {
    var transaction = AddPartitionsToTxnTransaction()
    transaction.transactionalId = v3AndBelowTransactionalId
    (transaction.producerId, transaction.producerEpoch) = (v3AndBelowProducerId, v3AndBelowProducerEpoch)
    transaction.topics = v3AndBelowTopics
    return transaction
  }
}

extension AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction {
  fileprivate var partitions: [TopicPartition] { topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0) } } }

  /// - Parameter errors: The errors of the partitions, in order.
  fileprivate func result(_ errors: [ErrorCode]) -> AddPartitionsToTxnResponse.AddPartitionsToTxnResult {
    var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult(), rest = errors[...]
    result.transactionalId = transactionalId
    result.topicResults = topics.map { topic in
      var answer = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
      answer.name = topic.name
      answer.resultsByPartition = topic.partitions.map { index in
        var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
        (partition.partitionIndex, partition.partitionErrorCode) = (index, rest.popFirst() ?? .unknownServerError)
        return partition
      }
      return answer
    }
    return result
  }
}
