import Controller
import Host
import Primitives
import Replication
import Transport
import Wire

/// Makes the coordinator of a producer's transaction confirm, before the transaction starts on a partition here, that the partition belongs to it
/// (KIP-890). Otherwise a record that arrives after its transaction has ended would start one that the coordinator does not know, and that no one
/// ends.
///
/// Source: Kafka's `ReplicaManager.maybeSendPartitionsToTransactionCoordinator` and `handleProduceAppend`.
final class TransactionVerifier {
  /// A producer's first records for a partition.
  struct Beginning {
    let partition: TopicPartition
    /// -1 if there is none.
    let sequence: Int32
  }

  struct Producer {
    let transactionalID: String?
    let id: Int64
    let epoch: Int16
  }

  private let reactor: Reactor
  private let configuration: EffectiveConfiguration
  private let metadata: MetadataCache
  private let replicaManager: ReplicaManager
  private let channel: TransactionCoordinatorChannel

  init(reactor: Reactor, configuration: EffectiveConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager) {
    self.reactor = reactor
    self.configuration = configuration
    self.metadata = metadata
    self.replicaManager = replicaManager
    channel = TransactionCoordinatorChannel(
      reactor: reactor, clientID: "broker-\(configuration.fixed.nodeID)-add-partitions-to-txn", requestTimeout: configuration.fixed.requestTimeout)
  }

  /// Verifies partitions; completes at once if there is nothing to ask.
  ///
  /// - Parameter completion: Runs once, with one result for each partition, in order: what the append has to present, or why it is refused.
  func verify(
    _ beginnings: [Beginning], of producer: Producer, _ operation: TransactionOperation,
    _ completion: @escaping ([Result<TransactionVerification, ErrorCode>]) -> Void
  ) {
    // Adding partitions at the first write is retried here: each of these requests costs more than verifying, and a client would wait longer.
    let patience = min(configuration.fixed.addPartitionsRetryTimeout, configuration.fixed.requestTimeout)
    verify(beginnings, of: producer, operation, retryingUntil: operation == .addition ? reactor.now + patience : nil, completion)
  }

  private func verify(
    _ beginnings: [Beginning], of producer: Producer, _ operation: TransactionOperation, retryingUntil deadline: Instant?,
    _ completion: @escaping ([Result<TransactionVerification, ErrorCode>]) -> Void
  ) {
    let isRequired = configuration.current.verifiesTransactionPartitions
    func shown(_ verification: VerificationGuard?) -> TransactionVerification { isRequired ? .required(verification) : .notRequired }
    guard let transactionalID = producer.transactionalID, isRequired || operation == .addition else {
      return completion(beginnings.map { _ in .success(shown(nil)) })
    }
    var results: [Result<TransactionVerification, ErrorCode>] = []
    var toAsk: [TopicPartition] = []
    for beginning in beginnings {
      do {
        let verification = try replicaManager.startVerification(
          of: producer.id, epoch: producer.epoch, sequence: beginning.sequence, supportsEpochBump: operation == .addition, on: beginning.partition)
        if verification != nil { toAsk.append(beginning.partition) }
        results.append(.success(shown(verification)))
      } catch {
        results.append(.failure(error))
      }
    }
    guard !toAsk.isEmpty else { return completion(results) }
    ask(transactionalID, toAsk, of: producer, operation) { [weak self, results] errors in
      guard let self else { return }
      if let deadline, reactor.now < deadline, toAsk.contains(where: { errors[$0] == .concurrentTransactions }) {
        mark(.firstWriteWaitsForLastEnd)
        reactor.after(configuration.fixed.addPartitionsRetryBackoff) { [weak self] in
          self?.verify(beginnings, of: producer, operation, retryingUntil: deadline, completion)
        }
        return
      }
      completion(zip(beginnings, results).map { beginning, result in errors[beginning.partition].map { .failure($0) } ?? result })
    }
  }

  private func ask(
    _ transactionalID: String, _ partitions: [TopicPartition], of producer: Producer, _ operation: TransactionOperation,
    _ completion: @escaping ([TopicPartition: ErrorCode]) -> Void
  ) {
    guard let coordinator = coordinator(of: transactionalID) else {
      mark(.verificationWithoutCoordinator)
      return completion(Dictionary(partitions.map { ($0, .coordinatorNotAvailable) }, uniquingKeysWith: { first, _ in first }))
    }
    var transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
    (transaction.transactionalId, transaction.producerId, transaction.producerEpoch) = (transactionalID, producer.id, producer.epoch)
    transaction.verifyOnly = operation != .addition
    for partition in partitions {
      let topic = transaction.topics.lastGroup(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
      transaction.topics[topic].partitions.append(partition.partition)
    }
    channel.ask(coordinator, transaction, operation, completion)
  }

  /// The address of the coordinator, as far as this broker knows; nil if there is none.
  private func coordinator(of transactionalID: String) -> Address? {
    guard let topic = metadata.image.topic(named: TopicName.transactionState) else { return nil }
    let partition = coordinatorPartition(of: transactionalID, partitionCount: max(1, Int32(clamping: topic.partitions.count)))
    return topic[partition].flatMap { metadata.aliveBroker($0.leader)?.address }
  }
}
