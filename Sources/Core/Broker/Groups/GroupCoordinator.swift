import Controller
import Coordination
import Groups
import Host
import Log
import Primitives
import Replication
import Transport
import Wire

/// This broker as the coordinator of groups: runs the shards of those partitions of `__consumer_offsets` that it leads, and holds the requests that wait for others.
final class GroupCoordinator {
  let reactor: Reactor
  let metadata: MetadataCache
  let replicaManager: ReplicaManager
  let cluster: MetadataOfGroups
  private let configuration: BrokerConfiguration
  private(set) lazy var runtime = CoordinatorRuntime<GroupShard>(
    reactor: reactor,
    configuration: CoordinatorConfiguration(
      commitTimeout: configuration.offsetsTopic.commitTimeout, loadBytes: min(Int(configuration.offsetsTopic.loadBufferSize), 256 << 10),
      compression: configuration.offsetsTopic.compression, markerApplication: Self.markerApplication(configuration.groups.switches)),
    log: self,
    makeShard: { [settings = configuration.groups, cluster = cluster] number in GroupShard(of: number, settings: settings, cluster: cluster) },
    answer: { [unowned self] answer in self.answer(answer) })
  /// By ticket. Only looked up.
  private var held: [UInt64: (GroupAnswer) -> Void] = [:]
  private var lastTicket: UInt64 = 0

  init(reactor: Reactor, configuration: EffectiveConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager) {
    self.reactor = reactor
    self.configuration = configuration.fixed
    self.metadata = metadata
    self.replicaManager = replicaManager
    cluster = MetadataOfGroups(metadata: metadata, configuration: configuration)
  }

  /// To be called once, before there are replicas.
  func start() { replicaManager.listen(toTopic: TopicName.consumerOffsets, self) }

  /// The partition that a group's state lies in.
  func partition(of group: String) -> Int32 {
    let count = metadata.image.topic(named: TopicName.consumerOffsets).map { Int32($0.partitions.count) } ?? configuration.offsetsTopic.partitionCount
    return coordinatorPartition(of: group, partitionCount: max(1, count))
  }

  /// Holds a request: whatever the shard says under the ticket goes to `completion`, once.
  func hold(_ completion: @escaping (GroupAnswer) -> Void) -> UInt64 {
    lastTicket += 1
    held[lastTicket] = completion
    return lastTicket
  }

  /// How to answer a request that is held, which is then held no more.
  func release(_ ticket: UInt64) -> ((GroupAnswer) -> Void)? { held.removeValue(forKey: ticket) }

  private func answer(_ answer: GroupAnswer) {
    switch answer {
    case .join(let ticket, _), .sync(let ticket, _): release(ticket)?(answer)
    }
  }

  /// The offsets of topics that were deleted go with them.
  func topicsDeleted(_ names: [String]) {
    for partition in runtime.numbers {
      runtime.write(to: partition) { shard, _ in shard.partitionsDeleted(ofTopics: names) } answer: { _ in }
    }
  }

  /// An id for a member that has none: its instance id or its client id, and something unique.
  func newMemberID(_ prefix: String) -> String {
    let id = Uuid.random(&reactor.host.random)
    let digits = Array("0123456789abcdef")
    var text = prefix + "-"
    for place in 0..<32 {
      if place == 8 || place == 12 || place == 16 || place == 20 { text.append("-") }
      let half = place < 16 ? id.high : id.low
      text.append(digits[Int(half >> UInt64(60 - 4 * (place % 16)) & 15)])
    }
    return text
  }

  /// The id of a member of a group of KIP-848 that a client of version 0 left nameless.
  func newConsumerMemberID() -> String { Uuid.random(&reactor.host.random).description }

  func client(of incoming: IncomingRequest) -> GroupClient {
    GroupClient(version: incoming.version, id: incoming.header.clientId ?? "", host: "/" + reactor.host.peerAddress(of: incoming.connection))
  }
}

// MARK: - The log below

extension GroupCoordinator: CoordinatorLog {
  private func topicPartition(_ number: Int32) -> TopicPartition { TopicPartition(TopicName.consumerOffsets, number) }

  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset {
    do {
      return try replicaManager.append(
        batch, fromCoordinatorOf: topicPartition(partition), in: epoch, verification: verification, transactionVersion: transactionVersion)
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

extension GroupCoordinator: PartitionListener {
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch) { runtime.becameLeader(of: partition.topicPartition.partition, in: epoch) }

  func steppedDown(from partition: Partition, in epoch: LeaderEpoch) { runtime.steppedDown(from: partition.topicPartition.partition, in: epoch) }

  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset) {
    runtime.highWatermarkMoved(of: partition.topicPartition.partition, to: offset)
  }
}
