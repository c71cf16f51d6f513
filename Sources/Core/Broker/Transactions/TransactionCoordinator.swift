import Controller
import Coordination
import Host
import Primitives
import Replication
import Transactions
import Transport
import Wire

/// This broker as a transaction coordinator: runs the shards of the partitions of `__transaction_state` that it leads, and has markers written for
/// their decisions.
final class TransactionCoordinator {
  private var topic: CoordinatorTopic<TransactionShard>! = nil
  var runtime: CoordinatorRuntime<TransactionShard> { topic.runtime }
  private(set) var markers: TransactionMarkerSender! = nil

  init(
    reactor: Reactor, configuration: BrokerConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager, producerIDs: ProducerIDSource
  ) {
    let settings = configuration.transactions, ofTopic = configuration.transactionTopic
    let cluster = MetadataOfTransactions(metadata: metadata, producerIDs: producerIDs)
    topic = CoordinatorTopic(
      // `TransactionLog.EnforcedRequiredAcks`: no decision is made that only one replica would have.
      CoordinatorTopic.Facts(name: TopicName.transactionState, partitionCount: ofTopic.partitionCount, requiredAcks: -1), reactor: reactor,
      // Kafka lets an append wait as long as the transaction may take. No client waits longer for this response than for any other.
      configuration: CoordinatorConfiguration(
        commitTimeout: configuration.requestTimeout, loadBytes: min(Int(ofTopic.loadBufferSize), 256 << 10), awaitsCommit: settings.switches.awaitCommit,
        forgetsFormerLeadership: settings.switches.forgetFormerLeadership),
      metadata: metadata, replicaManager: replicaManager,
      makeShard: { number in TransactionShard(of: number, settings: settings, cluster: cluster) }, answer: { [unowned self] in write($0) })
    markers = TransactionMarkerSender(
      reactor: reactor, nodeID: configuration.nodeID, metadata: metadata, requestTimeout: configuration.requestTimeout,
      epoch: { [unowned self] in runtime.epoch(ofPartition: $0) },
      complete: { [unowned self] transaction, answer in complete(transaction, answer) })
  }

  /// Starts to listen for leaderships. Call it once, before there are replicas.
  func start() { topic.start(self) }

  /// The partition that holds the state of a transactional id.
  func partition(of transactionalID: String) -> Int32 { topic.partition(of: transactionalID) }

  /// Has the markers written once the decision how a transaction ends is recorded.
  private func write(_ order: MarkerOrder) {
    let partition = partition(of: order.transactionalID)
    // The next coordinator finds the decision in the log.
    guard let epoch = runtime.epoch(ofPartition: partition) else {
      mark(.markerOrderTooLate)
      return
    }
    markers.write(PreparedTransaction(order, of: partition, in: epoch))
  }

  private func complete(_ transaction: PreparedTransaction, _ answer: @escaping (ErrorCode) -> Void) {
    runtime.write(to: transaction.partition) { shard, time throws(Refusal) in
      try shard.complete(transaction.order, at: time)
    } answer: { result in
      switch result {
      case .success: answer(.none)
      case .failure(let refusal): answer(refusal.code.asToldByCoordinator)
      }
    }
  }
}

extension TransactionCoordinator {
  /// Checks what must hold between two events.
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    runtime.checkInvariants(&check, name)
    markers.checkInvariants(&check, name)
  }
}

extension TransactionCoordinator: PartitionListener {
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch) { topic.becameLeader(of: partition, in: epoch) }

  func steppedDown(from partition: Partition, in epoch: LeaderEpoch) { topic.steppedDown(from: partition, in: epoch) }

  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset) { topic.highWatermarkMoved(of: partition, from: former, to: offset) }
}
