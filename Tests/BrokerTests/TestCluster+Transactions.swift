import Primitives
import Sim
import Testing
import Wire

extension TestCluster {
  /// Brokers with a topic `t` of two partitions, and few partitions of the coordinators' topics.
  ///
  /// - Parameter features: levels that are not those of 4.3.
  static func forTransactions(
    brokers: Int32 = 1, settings: [(String, String)] = [], features: [(name: String, level: Int16)] = []
  ) throws -> TestCluster {
    let own = [
      ("transaction.state.log.num.partitions", "3"), ("transaction.state.log.replication.factor", "\(brokers)"),
      ("transaction.state.log.min.isr", "\(min(2, brokers))"), ("offsets.topic.num.partitions", "4"), ("offsets.topic.replication.factor", "\(brokers)"),
    ]
    let cluster = try TestCluster(brokers: brokers, settings: own + settings) { controller in
      for feature in features { controller.bootstrapFeatures[feature.name] = feature.level }
    }
    try cluster.start()
    try cluster.createTopic("t", [Array(1...brokers), Array(1...brokers)])
    return cluster
  }

  /// The coordinator of a transactional id, once there is one that is ready.
  func coordinator(ofTransaction id: String, askedOf broker: Int32 = 1, otherThan former: Int32 = -1) throws -> NodeIndex {
    for _ in 0..<200 {
      let found = try ask(node(broker), FindCoordinatorRequest { ($0.keyType, $0.coordinatorKeys) = (1, [id]) }).coordinators[0]
      if found.errorCode == .none, found.nodeId != former {
        let described = try ask(node(found.nodeId), describeTransactions([id])).transactionStates[0].errorCode
        if described == .none || described == .transactionalIdNotFound { return node(found.nodeId) }
      }
      world.run(for: .milliseconds(100))
    }
    throw NoCoordinator(group: id)
  }

  /// A producer of a transactional id.
  func producer(_ id: String, at node: NodeIndex, timeout: Int32 = 60_000, version: Int16 = 5) throws -> (id: Int64, epoch: Int16) {
    let response = try ask(node, initProducer(id, timeout: timeout), version: version)
    try #require(response.errorCode == .none, "\(response.errorCode)")
    return (response.producerId, response.producerEpoch)
  }

  /// How a transactional id stands, as `Ongoing t-0 t-1`, or the error.
  func standing(_ id: String, at node: NodeIndex) throws -> String {
    let state = try ask(node, describeTransactions([id])).transactionStates[0]
    guard state.errorCode == .none else { return "\(state.errorCode)" }
    return ([state.transactionState] + state.topics.flatMap { topic in topic.partitions.map { "\(topic.topic)-\($0)" } }).joined(separator: " ")
  }
}

func initProducer(_ id: String, timeout: Int32 = 60_000) -> InitProducerIdRequest {
  var request = InitProducerIdRequest()
  (request.transactionalId, request.transactionTimeoutMs) = (id, timeout)
  return request
}

/// What a producer sends to one partition of `t` in its transaction.
func produce(
  _ value: String, in transactionalID: String, _ producer: (id: Int64, epoch: Int16), sequence: Int32, partition: Int32 = 0, topicID: Uuid
) -> ProduceRequest {
  let records = batch([value]) {
    ($0.producerID, $0.producerEpoch, $0.baseSequence, $0.isTransactional) = (producer.id, producer.epoch, sequence, true)
  }
  var request = produce("t", topicID, records, partition: partition)
  request.transactionalId = transactionalID
  return request
}

func describeTransactions(_ ids: [String]) -> DescribeTransactionsRequest {
  var request = DescribeTransactionsRequest()
  request.transactionalIds = ids
  return request
}

/// What a producer asks up to version 3.
func addPartitions(_ partitions: [(topic: String, indexes: [Int32])], to id: String, _ producer: (id: Int64, epoch: Int16)) -> AddPartitionsToTxnRequest {
  var request = AddPartitionsToTxnRequest()
  (request.v3AndBelowTransactionalId, request.v3AndBelowProducerId, request.v3AndBelowProducerEpoch) = (id, producer.id, producer.epoch)
  request.v3AndBelowTopics = partitions.map(partitionsOfTopic)
  return request
}

/// What a broker asks from version 4 on, about one transaction.
func partitionsOfTransaction(
  _ partitions: [(topic: String, indexes: [Int32])], _ id: String, _ producer: (id: Int64, epoch: Int16), verifyOnly: Bool
) -> AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction {
  var transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
  (transaction.transactionalId, transaction.producerId, transaction.producerEpoch, transaction.verifyOnly) = (id, producer.id, producer.epoch, verifyOnly)
  transaction.topics = partitions.map(partitionsOfTopic)
  return transaction
}

private func partitionsOfTopic(_ topic: (topic: String, indexes: [Int32])) -> AddPartitionsToTxnRequest.AddPartitionsToTxnTopic {
  var result = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
  (result.name, result.partitions) = topic
  return result
}

func endTransaction(_ id: String, _ producer: (id: Int64, epoch: Int16), commits: Bool) -> EndTxnRequest {
  var request = EndTxnRequest()
  (request.transactionalId, request.producerId, request.producerEpoch, request.committed) = (id, producer.id, producer.epoch, commits)
  return request
}

extension [AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult] {
  /// Each as `t-0 NONE`.
  var words: [String] { flatMap { topic in topic.resultsByPartition.map { "\(topic.name)-\($0.partitionIndex) \($0.partitionErrorCode)" } } }
}
