import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Controller
@testable import Raft

/// Metadata transactions (KIP-868): what lies between their beginning and their end takes effect as a whole or not at all.
@Suite struct MetadataTransactionTests {
  private func begin() -> MetadataRecord { .beginTransaction(BeginTransactionRecord()) }
  private func end() -> MetadataRecord { .endTransaction(EndTransactionRecord()) }
  private func abort() -> MetadataRecord { .abortTransaction(AbortTransactionRecord()) }

  private func topic(_ name: String) -> MetadataRecord {
    .topic(TopicRecord { ($0.name, $0.topicId) = (name, Uuid(high: 7, low: UInt64(name.utf8.first!))) })
  }

  /// A log that is applied batch by batch.
  private struct Replay {
    var image = MetadataImage(clusterID: "test"), delta = MetadataDelta()
    var nextOffset = Offset(0)

    /// Returns what did not fit.
    @discardableResult
    mutating func commit(_ records: MetadataRecord..., epoch: LeaderEpoch = 1) -> [MetadataInconsistency] {
      let batch = CommittedBatch(
        records: records, baseOffset: nextOffset, lastOffset: nextOffset + Int64(records.count - 1), epoch: epoch, timestamp: Timestamp(milliseconds: 0),
        sizeInBytes: 100)
      nextOffset = nextOffset + Int64(records.count)
      return image.apply(batch, recording: &delta)
    }

    var names: [String] { image.topics.values.map(\.name) }
  }

  @Test func `Records of a transaction take effect at its end, however many batches it has`() {
    var log = Replay()
    log.commit(topic("a"))
    log.commit(begin(), topic("b"))
    log.commit(topic("c"), epoch: 2)
    #expect(log.names == ["a"] && log.image.lastOffset == 0 && log.image.lastEpoch == 1)
    #expect(log.image.openTransaction?.startOffset == 1)
    #expect(log.delta.topics.count == 1)
    log.commit(topic("d"), end(), topic("e"), epoch: 2)
    #expect(log.names == ["a", "b", "c", "d", "e"] && log.image.lastOffset == 6 && log.image.lastEpoch == 2)
    #expect(log.image.openTransaction == nil && log.delta.topics.count == 5)
  }

  @Test func `A transaction in one batch leaves the image that its records alone would`() {
    var one = Replay(), other = Replay()
    one.commit(begin(), topic("a"), topic("b"), end())
    other.commit(topic("x"), topic("a"), topic("b"), topic("y"))
    #expect(one.names == ["a", "b"] && one.image.lastOffset == other.image.lastOffset)
  }

  @Test func `An aborted transaction leaves nothing but its offsets`() {
    var log = Replay()
    log.commit(topic("a"))
    log.commit(begin(), topic("b"))
    log.commit(topic("c"), abort(), topic("d"))
    #expect(log.names == ["a", "d"] && log.image.lastOffset == 5 && log.image.openTransaction == nil)
    // The names of what was aborted are free.
    #expect(log.commit(topic("b")).isEmpty)
  }

  @Test func `Records before a transaction in its first batch take effect at once, and the image ends before the transaction`() {
    var log = Replay()
    log.commit(topic("a"))
    log.commit(topic("b"), begin(), topic("c"), epoch: 3)
    #expect(log.names == ["a", "b"] && log.image.lastOffset == 1 && log.image.lastEpoch == 3)
  }

  @Test func `A second beginning, and an end without a beginning, do not fit and change nothing`() {
    var log = Replay()
    #expect(log.commit(end()).count == 1 && log.commit(abort()).count == 1)
    log.commit(begin(), topic("a"))
    #expect(log.commit(begin()).map(\.description) == ["a metadata transaction begins at offset 4, and that of offset 2 has not ended"])
    #expect(log.image.openTransaction?.startOffset == 2)
    #expect(log.commit(end()).isEmpty && log.names == ["a"])
  }

  @Test func `Decisions see nothing of an open transaction`() {
    var log = Replay()
    log.commit(topic("a"), begin(), topic("b"))
    let cluster = TestCluster()
    let state = ControllerState(image: log.image, configuration: cluster.state.configuration, random: RandomStream(seed: 1, purpose: "test"))
    #expect(state.image.openTransaction == nil && state.image.topics.values.map(\.name) == ["a"])
  }

  // MARK: Replicas

  private func active(_ cluster: SimulatedCluster) throws -> (index: NodeIndex, node: ControllerNode) {
    let index = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    return (index, try #require(cluster.world.object(of: index) as? ControllerNode))
  }

  @Test func `No snapshot is taken within a transaction, and one at its end`() throws {
    let cluster = SimulatedCluster(controllers: 1, brokers: 1) { $0.quorum.metadataLog.maxBytesBetweenSnapshots = 1_000 }
    #expect(cluster.settle())
    func taken() -> Int { cluster.story.occurrences.count { if case .metadataSnapshotTaken = $0 { true } else { false } } }
    let controller = cluster.controller()
    controller.quorum.append([begin()]) { _ in }
    cluster.run(100)
    let before = taken()
    for number in 0..<20 {
      controller.quorum.append([.topic(TopicRecord { ($0.name, $0.topicId) = ("topic-with-a-long-name-\(number)", Uuid(high: 7, low: UInt64(number))) })]) { _ in }
      cluster.run(100)
    }
    #expect(taken() == before && controller.image.topics.isEmpty)
    controller.quorum.append([end()]) { _ in }
    cluster.run(2_000)
    #expect(taken() > before && controller.image.topics.count == 20)
    // What is loaded from it is whole.
    cluster.world.kill(cluster.controllers[0])
    cluster.world.start(cluster.controllers[0])
    cluster.run(5_000)
    #expect(cluster.controller().image.topics.count == 20)
  }

  @Test func `A controller that takes over aborts the transaction that was left open`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    let former = try active(cluster)
    former.node.quorum.append([begin(), topic("t")]) { _ in }
    former.node.quorum.append([topic("u")]) { _ in }
    cluster.run(1_000)
    for index in 0..<3 { #expect(cluster.controller(index).image.topics.isEmpty && cluster.controller(index).image.openTransaction != nil) }
    cluster.world.kill(former.index)
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
    cluster.run(1_000)
    let next = try active(cluster)
    #expect(next.node.image.openTransaction == nil && next.node.image.topics.isEmpty)
    #expect(cluster.createTopic("t")?.topics[0].errorCode == ErrorCode.none)
    cluster.world.start(former.index)
    cluster.run(5_000)
    for index in 0..<3 { #expect(cluster.controller(index).image.topics.values.map(\.name) == ["t"]) }
  }

  /// Kafka's controllers write the first records of a cluster in a transaction: one may have died in it.
  @Test func `A cluster whose first records were left in an open transaction gets them again`() throws {
    let world = World(seed: 1)
    let voters: VoterSet = [Voter(id: 101, address: Address(host: "controller-1", port: 9093))]
    let life = Life()
    let node = world.addNode(name: "controller-1", id: 101, port: 9093) { host -> any Node in
      life.count += 1
      if life.count > 1 { return ControllerNode(host: host, configuration: ControllerConfiguration(nodeID: 101, clusterID: "test", voters: voters)) }
      return FirstWriter(host, QuorumConfiguration(nodeID: 101, clusterID: "test", voters: voters), [begin(), .featureLevel(FeatureLevelRecord("metadata.version", 29))])
    }
    world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") }
    world.start(node)
    world.run(for: .seconds(1))
    world.kill(node)
    world.start(node)
    world.run(for: .seconds(2))
    let controller = try #require(world.object(of: node) as? ControllerNode)
    #expect(controller.isActive && controller.image.openTransaction == nil)
    #expect(controller.image.features == .bootstrap)
  }
}

private final class Life { var count = 0 }

/// Leads the metadata log, writes some records, and does nothing else.
private final class FirstWriter: Node, QuorumListener {
  private let reactor: Reactor
  private let configuration: QuorumConfiguration
  private let records: [MetadataRecord]
  private var quorum: QuorumReplica!

  init(_ host: any NodeHost, _ configuration: QuorumConfiguration, _ records: [MetadataRecord]) {
    reactor = Reactor(host: host)
    self.configuration = configuration
    self.records = records
  }

  func start() {
    quorum = try! QuorumReplica(configuration: configuration, reactor: reactor)
    quorum.listener = self
    quorum.start()
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
  func committed(_ batch: CommittedBatch) {}
  func load(_ snapshot: CommittedSnapshot) {}
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
  func becameLeader(epoch: LeaderEpoch) { quorum.append(records) { _ in } }
  func resigned(epoch: LeaderEpoch) {}
  func failed(_ failure: QuorumFailure) { fatalError(failure.description) }
}
