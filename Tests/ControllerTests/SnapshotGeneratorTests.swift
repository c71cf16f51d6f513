import Host
import Primitives
import Raft
import Sim
import Testing
import Wire

@testable import Controller

/// When controllers and brokers take snapshots, and what they begin with because of them.
@Suite struct SnapshotGeneratorTests {
  private func taken(_ cluster: SimulatedCluster) -> [SnapshotID] {
    cluster.story.occurrences.compactMap { if case .metadataSnapshotTaken(let end, let epoch, _) = $0 { SnapshotID(endOffset: end, epoch: epoch) } else { nil } }
  }

  @Test func `With Kafka's defaults no snapshot is taken in the first minutes`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    for number in 0..<20 { _ = cluster.createTopic("t\(number)", partitions: 10) }
    cluster.run(300_000)
    #expect(taken(cluster).isEmpty)
  }

  @Test func `Every replica takes one by itself when enough was committed`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3) { $0.quorum.metadataLog.maxBytesBetweenSnapshots = 4_000 }
    #expect(cluster.settle())
    for number in 0..<20 { _ = cluster.createTopic("t\(number)", partitions: 5) }
    cluster.run(1000)
    // Three controllers and three brokers, several times, at the same offsets where they count from the same batch.
    #expect(taken(cluster).count >= 12 && taken(cluster).allSatisfy { $0.epoch >= 1 })
    let images = (0..<3).map { cluster.controller($0).image }
    for node in cluster.controllers + cluster.brokers { cluster.world.powerLoss(node, unsynced: .random) }
    for node in cluster.controllers + cluster.brokers { cluster.world.start(node) }
    cluster.run(10_000)
    for (index, image) in images.enumerated() { #expect(cluster.controller(index).image.topics.keys == image.topics.keys) }
    for number in 1...3 {
      #expect(!cluster.broker(number).loaded.isEmpty)
      #expect(cluster.broker(number).image.topics.keys == images[0].topics.keys)
    }
  }

  @Test(arguments: [10, 0] as [Int64]) func `One is taken after the interval, where anything was committed, and none where it is zero`(seconds: Int64) throws {
    let cluster = SimulatedCluster(brokers: 1) {
      $0.quorum.metadataLog.maxSnapshotInterval = .seconds(seconds)
      $0.metadataMaxIdleInterval = .zero
    }
    #expect(cluster.settle())
    cluster.run(40_000)
    #expect(taken(cluster).isEmpty, "nothing was committed")
    _ = cluster.createTopic("t", replicationFactor: 1)
    cluster.run(1000)
    #expect(taken(cluster).count == (seconds == 0 ? 0 : 2))
    _ = cluster.createTopic("u", replicationFactor: 1)
    cluster.run(1000)
    #expect(taken(cluster).count == (seconds == 0 ? 0 : 2))
  }

  /// The whole way: a controller that was away for long begins with a snapshot, is elected, and decides from the same metadata.
  @Test func `A controller that got a snapshot leads with the same metadata as its predecessors`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3) {
      $0.quorum.metadataLog.maxBytesBetweenSnapshots = 3_000
      $0.quorum.metadataLog.segmentBytes = 2_000
      $0.quorum.metadataLog.retentionBytes = 1
      $0.quorum.fetchSnapshotMaxBytes = 500
    }
    #expect(cluster.settle())
    _ = cluster.createTopic("first")
    let away = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state == nil })
    cluster.world.kill(away)
    for number in 0..<20 { _ = cluster.createTopic("t\(number)", partitions: 3) }
    cluster.run(70_000)
    cluster.world.start(away)
    cluster.run(5000)
    let returned = try #require(cluster.world.object(of: away) as? ControllerNode), active = try #require(cluster.active)
    #expect(cluster.story.occurrences.contains { if case .metadataSnapshotLoaded = $0 { true } else { false } })
    #expect(returned.image == active.image && returned.image.topics.count == 21)
    // It is the only one that can be elected once one of the two others is gone and the other asks for it.
    for _ in 0..<6 where (cluster.world.object(of: away) as? ControllerNode)?.state == nil {
      let leader = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
      cluster.world.kill(leader)
      #expect(cluster.world.runUntil(cluster.world.now + .seconds(10)) { cluster.active != nil })
      cluster.run(2000)
      cluster.world.start(leader)
      cluster.run(3000)
    }
    #expect((cluster.world.object(of: away) as? ControllerNode)?.state != nil)
    #expect(cluster.createTopic("last")?.topics[0].errorCode == ErrorCode.none)
    cluster.run(2000)
    for index in 0..<3 { #expect(cluster.controller(index).image.topics.count == 22) }
    for number in 1...3 { #expect(cluster.broker(number).image == cluster.controller().image) }
  }

  @Test func `Settings are checked, and have Kafka's defaults`() throws {
    let defaults = ControllerConfiguration.table
    for (name, value) in [
      ("metadata.log.max.record.bytes.between.snapshots", "20971520"), ("metadata.log.max.snapshot.interval.ms", "3600000"),
      ("metadata.log.segment.bytes", "1073741824"), ("metadata.log.segment.ms", "604800000"), ("metadata.max.retention.bytes", "104857600"),
      ("metadata.max.retention.ms", "604800000"), ("controller.quorum.fetch.snapshot.max.bytes", "1048576"),
    ] {
      #expect(defaults.defaultValue(of: name) == value)
    }
    for (name, value) in [
      ("metadata.log.max.record.bytes.between.snapshots", "0"), ("metadata.log.max.snapshot.interval.ms", "-1"), ("metadata.log.segment.bytes", "8388607"),
      ("metadata.log.segment.ms", "0"), ("controller.quorum.fetch.snapshot.max.bytes", "0"),
    ] {
      #expect(throws: ConfigurationError.self) { try defaults.configuration(from: [(name, value)]) }
    }
    let given = try defaults.configuration(from: [("metadata.max.retention.ms", "-1"), ("metadata.log.segment.bytes", "8388608")])
    #expect(given.quorum.metadataLog.retention == nil && given.quorum.metadataLog.segmentBytes == 8_388_608)
  }
}
