import Broker
import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

@testable import Controller

/// Three brokers and their controller are killed at one instant, one disk is damaged, and all start again: what Kafka 4.3 was seen to do.
///
/// Nobody ended in good order, so ISR and ELR empty themselves as the brokers register, and the last known leader is elected: the one
/// whose session ended last, whatever state its log is in.
@Suite struct AllReplicasDiedTests {
  @Test func `Without damage the last known leader is elected and recovers`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) { _ in }
    #expect(cluster.elections == [.lastKnown])
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  @Test func `A future follower whose partition directory is gone copies it from the last known leader`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 2) { $0.removePartition(of: 1) }
    #expect(cluster.leader == 2)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  @Test func `The other replica, if its partition directory is gone, copies it too`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) { $0.removePartition(of: 3) }
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  /// What Kafka loses: see the hazard of the last known leader with a damaged log.
  @Test func `A flipped bit in the log of the last known leader truncates all replicas`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) { $0.flipABit(of: 1) }
    #expect(cluster.elections == [.lastKnown])
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [250, 250, 250])
  }

  @Test func `A flipped bit in another log costs nothing`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) { $0.flipABit(of: 3) }
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  @Test func `The replaced disk of a future follower is filled again`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 3) { $0.replaceDisk(of: 1) }
    #expect(cluster.leader == 3)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  @Test func `The replaced disk of the other replica is filled too`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) { $0.replaceDisk(of: 3) }
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  /// Better than Kafka, which elects it as soon as it told of its new directory.
  @Test func `The last known leader is not elected from a replaced disk, but the longest log is`() throws {
    let cluster = try RestartedCluster(lastKnownLeader: 1) {
      $0.replaceDisk(of: 1)
      $0.flipABit(of: 2)
    }
    #expect(cluster.elections == [.unclean])
    #expect(cluster.leader == 3)
    #expect(cluster.ends == [1000, 1000, 1000])
  }

  @Test func `If the longest log is elected, a flipped bit costs nothing, wherever it is`() throws {
    for broker: Int32 in [1, 2, 3] {
      let cluster = try RestartedCluster(lastKnownLeader: broker, configure: { $0.switches.electMostCompleteLog = true }) { $0.flipABit(of: broker) }
      #expect(cluster.leader != NodeID(broker))
      #expect(cluster.ends == [1000, 1000, 1000])
    }
  }

  /// A controller that knows that nobody of a former run is left need not wait for sessions, and who led is who is known.
  @Test func `Brokers that are known to have ended are not waited for`() throws {
    let cluster = try RestartedCluster(configure: { $0.formerBrokersHaveEnded = true }) { $0.flipABit(of: 3) }
    #expect(cluster.leader == 1)
    #expect(cluster.ends == [1000, 1000, 1000])
    #expect(cluster.timeToLeader < .seconds(2))
  }
}

/// A cluster of three that held 1,000 records on each broker, after the kill and the start.
private struct RestartedCluster {
  let cluster: TestCluster
  private(set) var timeToLeader = Duration.zero

  /// - Parameter lastKnownLeader: whose session has to end last; nil where that does not matter.
  init(
    lastKnownLeader: Int32? = nil, configure: @escaping (inout ControllerConfiguration) -> Void = { _ in }, damage: (Self) -> Void
  ) throws {
    cluster = try Self.cluster(endingWith: lastKnownLeader, configure)
    try cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    let id = try cluster.topicID("t")
    for number in 0..<100 {
      let answer = try cluster.ask(cluster.node(1), produce("t", id, batch((0..<10).map { "record \(number * 10 + $0)" }))).only
      try #require(answer.errorCode == .none)
    }
    cluster.world.run(for: .seconds(2))
    damage(self)
    for node in [cluster.controller] + cluster.brokers { cluster.world.kill(node) }
    for node in [cluster.controller] + cluster.brokers { cluster.world.start(node) }
    let start = cluster.world.now
    let hasLeader = cluster.world.runUntil(start + .seconds(40)) { leader != nil }
    try #require(hasLeader, "\(cluster.notes)")
    timeToLeader = cluster.world.now - start
    cluster.world.run(for: .seconds(10))
  }

  /// Starts the broker that is to be fenced last at such a moment that its epoch gives it the last place.
  private static func cluster(endingWith last: Int32?, _ configure: @escaping (inout ControllerConfiguration) -> Void) throws -> TestCluster {
    for attempt: Int64 in 0..<16 {
      let cluster = try TestCluster(configureController: configure)
      for node in cluster.world.nodes where last == nil || node != cluster.node(last!) { cluster.world.start(node) }
      // The idle log grows by a record every half second.
      cluster.world.run(for: .milliseconds(500 * attempt))
      if let last { cluster.world.start(cluster.node(last)) }
      try cluster.settle()
      let order = SessionOrder(sessionCount: 3)
      let brokers = cluster.broker(cluster.node(1))?.metadataImage?.brokers ?? []
      let ending = brokers.max { order.place(of: $0.id, $0.epoch) < order.place(of: $1.id, $1.epoch) }
      if last == nil || ending?.id == NodeID(last!) { return cluster }
    }
    throw NoSuchOrder()
  }

  private struct NoSuchOrder: Error {}

  var leader: NodeID? {
    for node in cluster.brokers {
      if let partition = cluster.broker(node)?.metadataImage?.partition(TopicPartition("t", 0)), partition.hasLeader, partition.leaderEpoch > 1 {
        return partition.leader
      }
    }
    return nil
  }

  /// Where the logs of the three end.
  var ends: [Offset?] { (1...3).map { cluster.replica($0, "t")?.logEndOffset } }

  /// How the leaders after the restart were found.
  var elections: [Occurrence.Election] {
    cluster.occurrences.suffix(from: cluster.occurrences.lastIndex { if case .controllerElected = $0.occurrence { true } else { false } } ?? 0)
      .compactMap {
        guard case .leaderElected(_, let leader, _, _, let election) = $0.occurrence, leader != .none else { return nil }
        return election
      }
      .suffix(1)
  }

  // MARK: Damage

  private static let directory = "kafka-logs/t-0"

  func removePartition(of broker: Int32) {
    cluster.beforeNextLife(of: broker) { try! $0.remove(Self.directory) }
  }

  /// In the batch that begins at offset 250.
  func flipABit(of broker: Int32) {
    cluster.beforeNextLife(of: broker) { disk in
      disk.rewrite("\(Self.directory)/00000000000000000000.log") { bytes in
        bytes[try! RecordBatch.splitting(Bytes(bytes)).prefix(25).map(\.sizeInBytes).reduce(70, +)] ^= 1
      }
    }
  }

  func replaceDisk(of broker: Int32) {
    cluster.world.replaceDisk(cluster.node(broker))
  }
}
