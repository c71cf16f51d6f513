import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials with compacted topics.
@Suite struct CompactionTrialTests {
  private func run(_ policy: String, config: String = "", records: String = "keys: 5", seed: UInt64 = 1) throws -> RunResult {
    let text = """
      name: test
      about: Records of five keys.
      cluster: { config: { min.insync.replicas: 2, log.cleaner.backoff.ms: 200 } }
      topics:
        - { name: t, replicas: [[1, 2, 3]], config: { cleanup.policy: \(policy), internal.segment.bytes: 2048, file.delete.delay.ms: 1s\(config) } }
      workload:
        - produce: { topic: t, rate: 100/s, \(records), config: { acks: all } }
        - consume: { topic: t }
      duration: 6s
      expect: { holds: all }
      """
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: seed)).run()
  }

  private func verdict(_ guarantee: Guarantee, in result: RunResult) -> Verdict? { result.verdicts.first { $0.guarantee == guarantee } }

  @Test func `A compacted topic keeps the last value of each key, and removed values count as deleted`() throws {
    let result = try run("compact")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(verdict(.compactionKeepsLatest, in: result)?.conclusion == .holds)
    #expect(verdict(.compactionKeepsLatest, in: result)?.examined == 5)
    #expect(result.sightings.contains { $0.sighting == .compaction && $0.count > 0 })
    #expect(result.delivery.deletedBy.map(\.reason) == ["compaction"] && result.delivery.lost == 0)
    #expect(!result.sightings.contains { $0.sighting == .recordsDeleted })
  }

  @Test func `Tombstones are kept for delete.retention.ms, and go with the passes after that`() throws {
    let kept = try run("compact", records: "keys: 50, tombstones: 0.3")
    #expect(kept.exitCode == .asExpected, "\(kept.failures)")
    #expect(verdict(.compactionKeepsLatest, in: kept)?.conclusion == .holds && verdict(.compactionKeepsLatest, in: kept)?.examined == 50)
    #expect(!kept.sightings.contains { $0.sighting == .tombstoneRemoval })

    let gone = try run("compact", config: ", delete.retention.ms: 300ms", records: "keys: 200, tombstones: 0.3")
    #expect(gone.exitCode == .asExpected, "\(gone.failures)")
    #expect(verdict(.compactionKeepsLatest, in: gone)?.conclusion == .holds)
    #expect(gone.sightings.contains { $0.sighting == .tombstoneRemoval && $0.count > 0 })
    #expect(gone.delivery.lost == 0 && gone.delivery.deletedBy.map(\.reason) == ["compaction"])
  }

  @Test func `Tombstones in a topic that is not compacted are records like others`() throws {
    let result = try run("delete", records: "keys: 5, tombstones: 0.5")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(result.delivery.acked > 500 && result.delivery.lost == 0 && result.delivery.deletedBy.isEmpty)
    #expect(verdict(.unseen, in: result)?.examined == result.delivery.acked)
  }

  @Test func `A topic that is not compacted is not judged on compaction`() throws {
    let result = try run("delete")
    #expect(result.exitCode == .asExpected)
    #expect(verdict(.compactionKeepsLatest, in: result) == nil)
    #expect(!result.sightings.contains { $0.sighting == .compaction })
  }
}
