import Controller
import Coordination
import Host
import Log
import Primitives
import Replication
import Wire

/// A coordinator's topic at this broker: runs the shards of those partitions that this broker leads. Groups have one, and transactions have one.
final class CoordinatorTopic<Shard: CoordinatorShard> {
  /// What is particular to a topic.
  struct Facts {
    let name: String
    /// How many partitions it will have when it is made.
    let partitionCount: Int32
    /// -1 where an append is refused while too few replicas are in sync. 1 where it is taken, and is committed once there are enough of them.
    let requiredAcks: Int16
  }

  private let facts: Facts
  private let metadata: MetadataCache
  private let replicaManager: ReplicaManager
  private(set) var runtime: CoordinatorRuntime<Shard>! = nil

  /// - Parameters:
  ///   - makeShard: an empty state of a partition.
  ///   - answer: says something to a request that was held, or has something done.
  init(
    _ facts: Facts, reactor: Reactor, configuration: CoordinatorConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager,
    makeShard: @escaping (Int32) -> Shard, answer: @escaping (Shard.Answer) -> Void
  ) {
    self.facts = facts
    self.metadata = metadata
    self.replicaManager = replicaManager
    runtime = CoordinatorRuntime(reactor: reactor, configuration: configuration, log: self, makeShard: makeShard, answer: answer)
  }

  /// To be called once, before there are replicas.
  ///
  /// - Parameter listener: hands on what it hears to the methods of the same names below. Not this object itself: a generic class that is called through a
  ///   protocol runs code that was compiled for every shard, an order of magnitude slower than what was compiled for its own.
  func start(_ listener: any PartitionListener) { replicaManager.listen(toTopic: facts.name, listener) }

  /// The partition in which the state of a group or of a transactional id lies.
  func partition(of id: String) -> Int32 {
    let count = metadata.image.topic(named: facts.name).map { Int32(clamping: $0.partitions.count) } ?? facts.partitionCount
    return coordinatorPartition(of: id, partitionCount: max(1, count))
  }

  private func topicPartition(_ number: Int32) -> TopicPartition { TopicPartition(facts.name, number) }
}

// MARK: - The log below

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
