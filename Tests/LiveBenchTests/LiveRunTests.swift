import Client
import Foundation
import Host
import Live
import Primitives
import Scenarios
import Testing
import Trials

@testable import LiveBench

@Suite(.serialized) struct LiveRunTests {
  static func scenario(_ overrides: [String] = []) throws -> Scenario {
    try ScenarioLibrary.scenario(
      text: """
        name: small
        about: A little of everything.
        cluster: { brokers: 1 }
        topics:
          - { name: t, partitions: 2, replicas: 1 }
        workload:
          - produce: { topic: t, clients: 2, rate: 400/s, value: 100B, config: { acks: all } }
          - consume: { topic: t, clients: 2, groups: 2 }
        duration: 2s
        measure: { warmup: 500ms, window: 500ms }
        """, file: "small.yaml", overrides: overrides)
  }

  @Test func `Sent records arrive, and the figures obey their laws`() throws {
    let run = try LiveRun(Self.scenario(), seed: 1, target: .loopback)
    let result = try run.result()
    #expect(result.exitCode == .asExpected)
    #expect(result.machine == "live")
    #expect(result.traceHash == nil)
    // A machine that is busy with other things may not come to send the last ones.
    #expect((700...800).contains(result.delivery.sent))
    #expect(result.delivery.acked == result.delivery.sent)
    #expect(result.delivery.lost == 0)
    #expect(result.delivery.duplicated == 0)
    #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
    #expect(result.metrics.laws.filter { !$0.holds } == [])
    // A second and a half of the load, which is 600 records; those that a busy machine did not send may belong to the half second before.
    #expect((result.delivery.sent - 200...600).contains(result.metrics.latency.publish.count))
    // Each record is read by two groups.
    #expect(result.metrics.latency.endToEnd.count == 2 * result.metrics.latency.publish.count)
    #expect(result.metrics.volume.brokerCPUSeconds > 0)
    #expect(result.metrics.volume.clientCPUSeconds > 0)
    #expect(result.metrics.volume.diskBytes > 60_000)
  }

  @Test func `A fixed number of records is measured up to the response to the last, and the run ends with it`() throws {
    let scenario = try ScenarioLibrary.scenario(
      text: """
        name: counted
        about: A thousand records.
        cluster: { brokers: 1 }
        topics: [{ name: t, partitions: 2, replicas: 1 }]
        workload:
          - produce: { topic: t, clients: 2, outstanding: 10, records: 500, value: 100B }
          - consume: { topic: t }
        duration: 60s
        """, file: "counted.yaml")
    let result = try LiveRun(scenario, seed: 1, target: .loopback).result()
    #expect(result.exitCode == .asExpected)
    #expect(result.delivery.acked == 1_000)
    #expect(result.metrics.latency.publish.count == 1_000)
    #expect(result.metrics.window.fromSeconds == 0 && result.metrics.window.toSeconds < 60)
    let rate = try #require(result.metrics.throughput.publish?.recordsPerSecond)
    #expect(abs(rate * result.metrics.window.seconds - 1_000) < 0.01)
  }

  @Test func `Latency on real sockets is attributed down to the round trip`() throws {
    let metrics = try LiveRun(Self.scenario(), seed: 1, target: .loopback).result().metrics
    let mean = try #require(metrics.attribution.publish.first)
    #expect(mean.of == "mean")
    #expect(mean.terms.contains { $0.term == .roundTrip && $0.milliseconds > 0 })
    #expect(abs(mean.terms.reduce(0) { $0 + $1.milliseconds } - mean.milliseconds) < 1e-5)
  }

  @Test func `Another cluster is used through its addresses, and left as it was`() throws {
    let folder = NSTemporaryDirectory() + "/trial-tests-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0), directory: folder)
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady()
    let short = ["duration=800ms", "measure={ warmup: 200ms, window: 200ms }", "cluster.config={ log.segment.bytes: 1MiB }"]
    let target = RealRun.Target.bootstrap(cluster.addresses)
    // The topic is gone behind the first run: the second finds no records in it.
    for _ in 1...2 {
      let result = try runLive(Self.scenario(short), seed: 1, target: target).run
      #expect((200...320).contains(result.delivery.sent))
      #expect(result.delivery.acked == result.delivery.sent)
      #expect(result.delivery.lost == 0)
      #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
      #expect(result.story.map(\.what) == ["cluster.config has no effect (log.segment.bytes): the cluster is not ours to configure"])
      // Of the cluster itself nothing is known.
      #expect(result.metrics.volume.brokerCPUSeconds == 0)
    }
  }

  @Test func `A topic with records is used only on request, and its old records do not count`() throws {
    let folder = NSTemporaryDirectory() + "/trial-tests-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0, values: [("num.partitions", "2")]), directory: folder)
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady()
    let short = ["duration=800ms", "measure={ warmup: 200ms, window: 200ms }"]
    let target = RealRun.Target.bootstrap(cluster.addresses)
    try Self.fill("t", of: cluster)
    #expect(throws: ScenarioError.self) { try runLive(Self.scenario(short), seed: 1, target: target) }
    for _ in 1...2 {
      let result = try runLive(Self.scenario(short), seed: 1, target: target, reusingTopics: true).run
      #expect((200...320).contains(result.delivery.sent))
      #expect(result.delivery.acked == result.delivery.sent)
      #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
    }
  }

  /// Writes a record into a topic, which is made on the way.
  private static func fill(_ topic: String, of cluster: LiveCluster) throws {
    let folder = NSTemporaryDirectory() + "/trial-tests-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let host = try LiveHost(name: "writer", directory: folder)
    let addresses = cluster.addresses
    host.start { Writer($0, topic, addresses) }
    while try host.ask({ ($0 as? Writer)?.isDone ?? true }) == false { Thread.sleep(forTimeInterval: 0.01) }
    host.kill()
    try host.waitUntilEnded()
  }

  private final class Writer: Node, ProducerDelegate {
    private let reactor: Reactor
    private let producer: Producer
    private let topic: String
    private(set) var isDone = false

    init(_ host: any NodeHost, _ topic: String, _ addresses: [Address]) {
      reactor = Reactor(host: host)
      var configuration = ProducerConfiguration()
      configuration.connection.bootstrapServers = addresses
      producer = Producer(reactor: reactor, configuration: configuration)
      self.topic = topic
    }

    func start() {
      producer.delegate = self
      for partition in 0..<2 { producer.send(topic: topic, partition: Int32(partition), key: nil, value: Bytes("of somebody else")) }
    }

    func handle(_ event: Event) { reactor.dispatch(event) }
    func shutdown() { reactor.host.exit() }
    func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) { isDone = producer.incompleteRecordCount == 0 }
    func producer(_ producer: Producer, failed batch: FailedBatch) { preconditionFailure("\(batch.failure)") }
  }

  @Test func `Faults need the simulation`() throws {
    let scenario = try Self.scenario(["faults=[{ at: 1s, do: kill, node: 1 }]"])
    #expect(throws: ScenarioError.self) { try LiveRun(scenario, seed: 1, target: .loopback) }
  }
}
