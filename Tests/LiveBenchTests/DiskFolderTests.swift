import Broker
import Foundation
import Host
import Log
import Primitives
import Replication
import Scenarios
import Sim
import Testing
import Wire

@testable import Live
@testable import LiveBench
@testable import Trials

/// The disks of simulated clusters, opened on this machine.
@Suite(.serialized) struct DiskFolderTests {
  private let path = NSTemporaryDirectory() + "/trial-disks-\(UUID().uuidString)"

  /// What a broker has of a partition.
  struct Replica: Hashable, Sendable {
    let partition: TopicIDPartition
    let start: Offset
    let end: Offset
    let records: [String]
    let highWatermark: Offset

    init(_ log: PartitionLog, of replica: Partition) throws {
      partition = replica.id
      highWatermark = replica.highWatermark
      start = log.logStartOffset
      end = log.logEndOffset
      var records: [String] = [], next = start
      while next < end {
        let slice = try log.read(from: next, upTo: end, maxBytes: 1 << 20, minOneBatch: true)
        guard !slice.isEmpty else { break }
        for batch in try RecordBatch.splitting(slice.records) {
          try batch.validateChecksum()
          records += try batch.records().map { "\($0.offset) \(batch.producerID) \($0.value.map { CRC32C.checksum($0) } ?? 0)" }
        }
        next = slice.nextOffset
      }
      self.records = records
    }
  }

  private static func scenario(_ overrides: [String] = []) throws -> Scenario {
    try ScenarioLibrary.scenario(
      text: """
        name: small
        about: Two brokers, of which one is killed.
        cluster: { brokers: 2, config: { min.insync.replicas: 1 } }
        topics:
          - { name: t, replicas: [[1, 2], [2, 1]], config: { segment.bytes: 1MiB } }
        workload:
          - produce: { topic: t, rate: 400/s, value: 2000B, config: { acks: all } }
        faults:
          - { from: 1s, to: 2s, kill: 2 }
        duration: 4s
        """, file: "small.yaml", overrides: overrides)
  }

  private static func replicas(of broker: BrokerNode?) throws -> Set<Replica> {
    let partitions = broker?.replicaManager?.partitions ?? []
    return Set(try partitions.compactMap { partition in
      guard partition.topicPartition.topic == "t", let log = partition.log else { return nil }
      return try Replica(log, of: partition)
    })
  }

  /// Everything but how far it was committed when it was looked at.
  private static func contents(_ brokers: [Set<Replica>]) -> [[String]] {
    brokers.map { replicas in replicas.map { "\($0.partition) \($0.start) \($0.end) \($0.records)" }.sorted() }
  }

  /// Runs a trial, writes its disks, and returns what its brokers had then.
  private func simulate(_ scenario: Scenario, at instant: Duration? = nil, after remains: DiskRemains = .kill) throws -> (folder: DiskFolder, replicas: [Set<Replica>]) {
    let folder = try DiskFolder(path)
    var options = Trial.Options(seed: 1), replicas: [Set<Replica>] = []
    options.disksAt = instant
    options.onDisks = { disks in
      folder.write(disks, after: remains)
      replicas = disks.brokers.map { (try? Self.replicas(of: $0)) ?? [] }
    }
    _ = Trial(scenario, options: options).run()
    #expect(try folder.finish())
    return (folder, replicas)
  }

  /// Starts the nodes on the folder, and returns what the brokers have.
  private func open(controllers: LiveClusterSettings.Controllers = .separate(1)) throws -> [Set<Replica>] {
    let settings = try LiveClusterSettings(
      brokerCount: 2, controllers: controllers, firstPort: FreePorts.first(of: 4), values: [("log.retention.ms", "-1"), ("min.insync.replicas", "1")])
    let nodes = try settings.nodes.map { plan in
      try LiveNode(plan.id, of: settings, clusterID: ClusterSettings.clusterID, directory: "\(path)/\(plan.name)")
    }
    defer {
      for node in nodes {
        node.kill()
        try? node.waitUntilEnded()
      }
    }
    return try nodes.filter { $0.plan.broker != nil }.map { node in
      try node.waitUntilReady()
      return try #require(try node.host.ask { node in (try? Self.replicas(of: node.brokerRole)) ?? [] })
    }
  }

  @Test(arguments: ["1", "combined"]) func `Served brokers have every record of the simulated ones`(controllers: String) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (folder, simulated) = try simulate(Self.scenario(["cluster.controllers=\(controllers)"]))
    #expect(simulated.map(\.count) == [2, 2])
    #expect(simulated[0].reduce(0) { $0 + $1.records.count } > 1_000)
    let served = try open(controllers: controllers == "combined" ? .combined : .separate(1))
    #expect(Self.contents(served) == Self.contents(simulated))
    #expect(folder.serving.hasPrefix("serve: trial serve --brokers 2 --controllers \(controllers) --data \(path) --config min.insync.replicas=1 --config log.retention.ms=-1"))
  }

  @Test func `Disks of an instant are those of that instant`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    // Broker 2 is down, and broker 1 alone has what came since.
    let (_, simulated) = try simulate(Self.scenario(), at: .milliseconds(1_900))
    #expect(simulated[1].isEmpty && simulated[0].count == 2)
    let served = try open()[0]
    for replica in simulated[0] {
      let kept = try #require(served.first { $0.partition == replica.partition })
      // What was not committed may go when the brokers start, and nothing of later is there.
      #expect(replica.records.starts(with: kept.records) && kept.end >= replica.highWatermark && kept.records.count > 100)
    }
  }

  @Test func `Synced disks lack what only the page cache had`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (_, simulated) = try simulate(Self.scenario(), after: .powerLoss)
    let records = { (replicas: Set<Replica>) in replicas.reduce(0) { $0 + $1.records.count } }
    // Segments are synced when they are rolled; what came since is gone at both brokers.
    let served = try open()
    #expect(records(served[0]) < records(simulated[0]) && records(served[0]) > 0)
  }

  @Test func `A folder that is not empty is refused, and an instant that never comes leaves none`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DiskFolder(path)
    var options = Trial.Options(seed: 1)
    options.disksAt = .seconds(100_000)
    options.onDisks = { folder.write($0, after: .kill) }
    _ = Trial(try Self.scenario(), options: options).run()
    #expect(try !folder.finish())
    #expect(!FileManager.default.fileExists(atPath: path))
    try FileManager.default.createDirectory(atPath: path + "/other", withIntermediateDirectories: true)
    let error = try #require(throws: LiveError.self) { try DiskFolder(path) }
    #expect(error.description.contains("is not empty") && error.description.contains("name one that is new or empty"))
  }

  @Test func `Nothing is written outside of the folder`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DiskFolder(path)
    #expect(try folder.place(of: "kafka-logs/t-0//x", on: "broker-1") == "\(path)/broker-1/kafka-logs/t-0/x")
    for (file, node) in [("../x", "broker-1"), ("a/../../x", "broker-1"), ("a/./x", "broker-1"), ("a\0b", "broker-1"), ("x", ".."), ("x", "a/b")] {
      #expect(throws: LiveError.self) { try folder.place(of: file, on: node) }
    }
  }

  @Test func `Taking the disks changes nothing of the trial`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DiskFolder(path)
    var options = Trial.Options(seed: 1)
    let undisturbed = Trial(try Self.scenario(), options: options).run()
    options.disksAt = .milliseconds(1_234)
    options.onDisks = { folder.write($0, after: .kill) }
    #expect(Trial(try Self.scenario(), options: options).run().traceHash == undisturbed.traceHash)
  }
}
