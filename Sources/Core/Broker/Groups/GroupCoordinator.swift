import Controller
import Coordination
import Groups
import Host
import Primitives
import Replication
import Transport
import Wire

/// This broker as a group coordinator: runs the shards of the partitions of `__consumer_offsets` that it leads, and holds requests that wait for
/// other members.
final class GroupCoordinator {
  let reactor: Reactor
  let cluster: MetadataOfGroups
  private var topic: CoordinatorTopic<GroupShard>! = nil
  var runtime: CoordinatorRuntime<GroupShard> { topic.runtime }
  /// By ticket. Only for lookups.
  private var held: [UInt64: (GroupAnswer) -> Void] = [:]
  private var lastTicket: UInt64 = 0

  init(reactor: Reactor, configuration: EffectiveConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager) {
    self.reactor = reactor
    let cluster = MetadataOfGroups(metadata: metadata, configuration: configuration)
    self.cluster = cluster
    let offsets = configuration.fixed.offsetsTopic, settings = configuration.fixed.groups
    topic = CoordinatorTopic(
      // Kafka's group coordinator does not wait for other replicas either (`CoordinatorPartitionWriter.append`).
      CoordinatorTopic.Facts(name: TopicName.consumerOffsets, partitionCount: offsets.partitionCount, requiredAcks: 1), reactor: reactor,
      configuration: CoordinatorConfiguration(
        commitTimeout: offsets.commitTimeout, loadBytes: min(Int(offsets.loadBufferSize), 256 << 10), compression: offsets.compression,
        markerApplication: Self.markerApplication(settings.switches)),
      metadata: metadata, replicaManager: replicaManager,
      makeShard: { number in GroupShard(of: number, settings: settings, cluster: cluster) }, answer: { [unowned self] in answer($0) })
  }

  /// Starts to listen for leaderships. Call it once, before there are replicas.
  func start() { topic.start(self) }

  /// The partition that holds a group's state.
  func partition(of group: String) -> Int32 { topic.partition(of: group) }

  /// Holds a request: the shard's answer for the returned ticket goes to `completion`, once.
  func hold(_ completion: @escaping (GroupAnswer) -> Void) -> UInt64 {
    lastTicket += 1
    held[lastTicket] = completion
    return lastTicket
  }

  /// Returns the completion of a held request, which is then no longer held.
  func release(_ ticket: UInt64) -> ((GroupAnswer) -> Void)? { held.removeValue(forKey: ticket) }

  private func answer(_ answer: GroupAnswer) {
    switch answer {
    case .join(let ticket, _), .sync(let ticket, _): release(ticket)?(answer)
    }
  }

  /// Deletes the offsets of deleted topics.
  func topicsDeleted(_ names: [String]) {
    for partition in runtime.numbers {
      runtime.write(to: partition) { shard, _ in shard.partitionsDeleted(ofTopics: names) } answer: { _ in }
    }
  }

  /// An id for a member that has none: its instance id or its client id, and a unique part.
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

  /// An id for a KIP-848 member to which a version 0 client gave none.
  func newConsumerMemberID() -> String { Uuid.random(&reactor.host.random).description }

  func client(of incoming: IncomingRequest) -> GroupClient {
    GroupClient(version: incoming.version, id: incoming.header.clientId ?? "", host: "/" + reactor.host.peerAddress(of: incoming.connection))
  }
}

extension GroupCoordinator: PartitionListener {
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch) { topic.becameLeader(of: partition, in: epoch) }

  func steppedDown(from partition: Partition, in epoch: LeaderEpoch) { topic.steppedDown(from: partition, in: epoch) }

  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset) { topic.highWatermarkMoved(of: partition, from: former, to: offset) }
}
