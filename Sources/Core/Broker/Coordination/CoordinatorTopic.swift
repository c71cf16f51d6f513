import Controller
import Coordination
import Host
import Log
import Primitives
import Replication
import Wire

/// A coordinator's topic at this broker: runs the shards of the partitions that this broker leads. There is one for groups and one for transactions.
final class CoordinatorTopic<Shard: CoordinatorShard> {
  /// The properties of one such topic.
  struct Facts {
    let name: String
    /// The number of partitions with which it is created.
    let partitionCount: Int32
    /// -1 if an append is refused while too few replicas are in sync. 1 if it is accepted, and committed once there are enough.
    let requiredAcks: Int16
  }

  private let facts: Facts
  private let metadata: MetadataCache
  private let replicaManager: ReplicaManager
  private(set) var runtime: CoordinatorRuntime<Shard>! = nil

  /// - Parameters:
  ///   - makeShard: Makes the empty state of a partition.
  ///   - answer: Answers a request that was held, or carries out an order.
  init(
    _ facts: Facts, reactor: Reactor, configuration: CoordinatorConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager,
    makeShard: @escaping (Int32) -> Shard, answer: @escaping (Shard.Answer) -> Void
  ) {
    self.facts = facts
    self.metadata = metadata
    self.replicaManager = replicaManager
    runtime = CoordinatorRuntime(reactor: reactor, configuration: configuration, log: self, makeShard: makeShard, answer: answer)
  }

  /// Starts to listen for leaderships. Call it once, before there are replicas.
  ///
  /// - Parameter listener: Passes its calls on to the methods of the same names below. It is a separate object because calling a generic class
  ///   through a protocol runs code that was compiled for every shard, an order of magnitude slower than code compiled for one.
  func start(_ listener: any PartitionListener) { replicaManager.listen(toTopic: facts.name, listener) }

  /// The partition that holds the state of a group or of a transactional id.
  func partition(of id: String) -> Int32 {
    let count = metadata.image.topic(named: facts.name).map { Int32(clamping: $0.partitions.count) } ?? facts.partitionCount
    return coordinatorPartition(of: id, partitionCount: max(1, count))
  }

  private func topicPartition(_ number: Int32) -> TopicPartition { TopicPartition(facts.name, number) }
}

// MARK: - Access to the log

extension CoordinatorTopic: CoordinatorLog {
  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset {
    do {
      return try replicaManager.append(
        batch, fromCoordinatorOf: topicPartition(partition), in: epoch, requiredAcks: facts.requiredAcks, verification: verification,
        transactionVersion: transactionVersion)
    } catch {
      throw Refusal(error)
    }
  }

  func wakeWaiting() { replicaManager.coordinatorAppended() }

  func bounds(of partition: Int32) -> CoordinatorLogBounds? {
    guard let replica = replicaManager.partition(named: topicPartition(partition)), replica.isLeader else { return nil }
    return CoordinatorLogBounds(start: replica.logStartOffset, end: replica.logEndOffset, highWatermark: replica.highWatermark)
  }

  func read(from offset: Offset, of partition: Int32, maxBytes: Int) throws(Refusal) -> Bytes {
    guard let replica = replicaManager.partition(named: topicPartition(partition)), let log = replica.log else {
      throw Refusal(.notLeaderOrFollower, "its log is not here any more")
    }
    do {
      return try log.read(from: offset, upTo: log.logEndOffset, maxBytes: maxBytes, minOneBatch: true).records
    } catch {
      throw Refusal(.kafkaStorageError, error.description)
    }
  }
}

// MARK: - Leadership

extension CoordinatorTopic {
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch) {
    runtime.becameLeader(of: partition.topicPartition.partition, in: epoch)
  }

  func steppedDown(from partition: Partition, in epoch: LeaderEpoch) {
    runtime.steppedDown(from: partition.topicPartition.partition, in: epoch)
  }

  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset) {
    runtime.highWatermarkMoved(of: partition.topicPartition.partition, to: offset)
  }
}
