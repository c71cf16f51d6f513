import Report
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

  @Test func `What was sent arrives, and the figures obey their laws`() throws {
    let run = try LiveRun(Self.scenario(), seed: 1, target: .loopback)
    let result = try run.result()
    #expect(result.exitCode == 0)
    #expect(result.machine == "live")
    #expect(result.traceHash == nil)
    #expect(result.delivery.sent == 800)
    #expect(result.delivery.acked == 800)
    #expect(result.delivery.lost == 0)
    #expect(result.delivery.duplicated == 0)
    #expect(result.verdicts.allSatisfy { $0.verdict != "violated" })
    #expect(result.metrics.laws.filter { !$0.holds } == [])
    // A second and a half of the load; each record is read by two groups.
    #expect(result.metrics.latency.publish.count == 600)
    #expect(result.metrics.latency.endToEnd.count == 1_200)
    #expect(result.metrics.volume.brokerCPUSeconds > 0)
    #expect(result.metrics.volume.clientCPUSeconds > 0)
    #expect(result.metrics.volume.diskBytes > 60_000)
  }

  @Test func `Latency on real sockets is attributed down to the round trip`() throws {
    let metrics = try LiveRun(Self.scenario(), seed: 1, target: .loopback).result().metrics
    let mean = try #require(metrics.attribution.publish.first)
    #expect(mean.of == "mean")
    #expect(mean.terms.contains { $0.term == .roundTrip && $0.milliseconds > 0 })
    #expect(abs(mean.terms.reduce(0) { $0 + $1.milliseconds } - mean.milliseconds) < 1e-5)
  }

  @Test func `Faults need the simulation`() throws {
    let scenario = try Self.scenario(["faults=[{ at: 1s, do: kill, node: 1 }]"])
    #expect(throws: ScenarioError.self) { try LiveRun(scenario, seed: 1, target: .loopback) }
  }
}
