import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials in which controllers and brokers take snapshots of the metadata.
@Suite struct MetadataSnapshotTrialTests {
  private func run(_ interval: String, seen: String) throws -> RunResult {
    let text = """
      name: test
      about: A broker and the controller go away and come back.
      cluster: { config: { min.insync.replicas: 2, metadata.log.max.snapshot.interval.ms: \(interval) } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 50/s, config: { acks: all } }
        - consume: { topic: t }
      faults:
        - { at: 4s, for: 2s, power-loss: [2, controller] }
      duration: 12s
      expect: { holds: all, seen: \(seen) }
      """
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
  }

  private func count(_ sighting: Sighting, in result: RunResult) -> Int { result.sightings.first { $0.sighting == sighting }?.count ?? 0 }

  @Test func `Snapshots are taken by the interval, and nodes begin with them`() throws {
    let result = try run("1s", seen: "[metadata-snapshot, snapshot-loaded]")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(count(.metadataSnapshot, in: result) > 20 && count(.snapshotLoaded, in: result) >= 2)
  }

  @Test func `A schedule waits for a snapshot`() throws {
    let text = """
      name: test
      about: Something happens when the metadata was stored.
      cluster: { config: { metadata.log.max.snapshot.interval.ms: 2s } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload: [{ produce: { topic: t, rate: 20/s } }]
      faults: [{ after: snapshot(5) + 100ms, pause: 2, for: 1s }]
      duration: 12s
      expect: { holds: all, seen: [metadata-snapshot] }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    let paused = try #require(result.story.firstIndex { $0.what.hasPrefix("broker-2 paused") || $0.what.hasPrefix("is paused") })
    let taken = result.story[..<paused].filter { $0.time >= .zero && $0.what.hasPrefix("took a snapshot of the metadata") }
    #expect(taken.count >= 5, "\(result.story[...paused].map(\.what))")
  }

  @Test func `A short trial sees none with Kafka's settings`() throws {
    let result = try run("1h", seen: "[unclean-shutdown]")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(count(.metadataSnapshot, in: result) == 0 && count(.snapshotLoaded, in: result) == 0)
  }
}
