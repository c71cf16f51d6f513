import Foundation
import Measurement
import Primitives
import Report
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials of scenarios that ship, and of small ones written here.
@Suite struct TrialTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  func run(_ file: String, variant: String? = nil, seed: UInt64 = 7, overrides: [String] = []) throws -> RunResult {
    let path = Self.root.appendingPathComponent("scenarios/\(file).yaml").path
    return Trial(try ScenarioLibrary.scenario(at: path, variant: variant, overrides: overrides), options: Trial.Options(seed: seed)).run()
  }

  func run(text: String, seed: UInt64 = 1) throws -> RunResult {
    Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: seed)).run()
  }

  func verdict(_ guarantee: Guarantee, in result: RunResult) -> Conclusion? { result.verdicts.first { $0.guarantee == guarantee }?.conclusion }

  @Test func `Truncation to the high watermark loses an acknowledged record`() throws {
    let result = try run("hazards/kip-101-truncation-loss")
    #expect(verdict(.durability, in: result) == .violated)
    #expect(verdict(.replicaDivergence, in: result) == .violated)
    #expect(result.delivery.lost == 1)
    #expect(result.exitCode == .asExpected)
  }

  @Test(arguments: ["fixed", "modern"]) func `Asking for the end of the epoch keeps the record`(variant: String) throws {
    let result = try run("hazards/kip-101-truncation-loss", variant: variant)
    #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
    #expect(result.delivery.lost == 0)
    #expect(result.exitCode == .asExpected)
  }

  @Test func `The same seed gives the same trial, and another seed another one`() throws {
    let first = try run("smoke/crash", seed: 3, overrides: ["duration=10s", "faults[0].to=9s"])
    let same = try run("smoke/crash", seed: 3, overrides: ["duration=10s", "faults[0].to=9s"])
    let other = try run("smoke/crash", seed: 4, overrides: ["duration=10s", "faults[0].to=9s"])
    #expect(first.json.text == same.json.text)
    #expect(first.traceHash != other.traceHash)
  }

  @Test func `A scenario that expects the wrong thing is not as expected`() throws {
    let result = try run("hazards/kip-101-truncation-loss", overrides: ["expect={ holds: all }"])
    #expect(result.exitCode == .notAsExpected)
    #expect(result.failures.contains { $0.guarantee == "durability" })
  }

  @Test func `A cluster that does not come to rest is reported`() throws {
    // Followers wait for more than there is, for longer than healing lasts.
    let result = try run(
      "smoke/calm",
      overrides: ["duration=5s", "cluster.config.replica.fetch.min.bytes=100000000", "cluster.config.replica.fetch.wait.max.ms=20000000"])
    let liveness = result.verdicts.first { $0.guarantee == .liveness }
    #expect(liveness?.conclusion == .violated)
    #expect(liveness?.cases.first?.hasPrefix("the ISR of t-0 is [1], not all of [1, 2, 3]: broker 2 waits for offset ") == true, "\(liveness?.cases ?? [])")
    #expect(result.exitCode == .notAsExpected)
  }

  @Test func `A fault that never takes effect is not exercised`() throws {
    let result = try run("smoke/calm", overrides: ["duration=3s", "faults=[{ at: 1s, name: idle, drop: { api: DeleteRecords } }]"])
    #expect(result.faults == [FaultCount(name: "idle", planned: 1, hit: 0)])
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A trial in which nothing was acknowledged is not exercised`() throws {
    let result = try run("smoke/calm", overrides: ["duration=3s", "workload[0].produce={ topic: t, load: { steps: [{ rate: 0/s }] } }"])
    #expect(result.delivery.acked == 0)
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A sighting that must never occur is not as expected if it does`() throws {
    let quiet = try run("smoke/calm", overrides: ["duration=3s", "expect={ holds: all, never: leader-change }"])
    #expect(quiet.expectations.contains { $0.text == "leader-change never to be seen" && $0.conclusion == .met })
    #expect(quiet.exitCode == .asExpected)
    let moved = try run("smoke/calm", overrides: ["duration=15s", "faults=[{ at: 1s, kill: leader(t-0) }]", "expect={ holds: all, never: leader-change }"])
    #expect(moved.exitCode == .notAsExpected)
  }

  @Test func `Nothing starts after the end of the scenario`() throws {
    let result = try run("smoke/calm", overrides: ["duration=3s", "faults=[{ after: acked(1) + 4s, kill: 1 }]"])
    #expect(!result.story.contains { $0.what == "broker-1 killed" })
    #expect(result.exitCode == .notExercised)
  }

  @Test func `The leader that was killed is the one that comes back`() throws {
    let result = try run("smoke/calm", overrides: ["duration=25s", "faults=[{ from: 1s, to: 20s, kill: leader(t-0) }]"])
    #expect(result.story.contains { $0.who == "broker-1" && $0.what == "starts" && $0.time == .seconds(20) })
    #expect(verdict(.liveness, in: result) == .holds)
  }

  @Test func `The operator changes settings and reports refusals`() throws {
    let result = try run(
      "smoke/calm",
      overrides: [
        "duration=4s", "faults=[{ at: 1s, admin: { alter-config: { topic: t, config: { retention.ms: 1h } } } }, { at: 2s, admin: { elect-leader: { partition: t-0 } } }]",
      ])
    #expect(result.story.contains { $0.who == "operator" && $0.what.contains("is refused: preferred election of t-0") })
    #expect(!result.story.contains { $0.what.contains("is refused: settings") })
  }

  @Test func `Every shipped scenario and variant can be built`() throws {
    var built = 0
    for file in try ScenarioLibrary.files(below: Self.root.appendingPathComponent("scenarios").path) {
      let scenario = try ScenarioLibrary.scenario(at: file)
      for variant in [nil] + scenario.variants.map(Optional.some) {
        _ = Trial(try ScenarioLibrary.scenario(at: file, variant: variant).drawn(seed: 1), options: Trial.Options(seed: 1))
        built += 1
      }
    }
    #expect(built >= 21)
  }

  @Test(arguments: [
    ("cluster.config.min.insync.replicsa=2", "min.insync.replicas"), ("cluster.config.socket.send.buffer.bytes=5", "socket.send.buffer.bytes"),
    ("cluster.switches.truncatoin=highWatermark", "Did you mean 'truncation'?"), ("cluster.switches.truncation=never", "one of"),
    ("topics[0].config.segment.byte=1MiB", "segment.bytes"), ("workload[0].produce.config.lingre.ms=5", "linger.ms"),
    ("cluster.features.transaction.version=9", "out of range"), ("cluster.machine=abacus", "nvme-10g"),
  ])
  func `A setting that does not exist is refused with a remedy`(override: String, words: String) throws {
    do {
      _ = try run("smoke/calm", overrides: [override])
      Issue.record("\(override) was taken")
    } catch let error as ScenarioError {
      #expect("\(error)".contains(words), "\(error)")
      #expect("\(error)".contains("--set"))
    }
  }

  @Test func `The replay command repeats seed, variant and overrides`() throws {
    let result = try run("hazards/kip-101-truncation-loss", variant: "fixed", seed: 12, overrides: ["duration=55s"])
    #expect(result.replay.hasPrefix("trial replay "))
    #expect(result.replay.hasSuffix("kip-101-truncation-loss.yaml --seed 12 --variant fixed --set duration=55s"))
  }

  // MARK: What is deleted on purpose

  @Test func `Records removed by retention count as deleted, not lost, and the story says which segments and why`() throws {
    let result = try run("operations/retention", overrides: ["duration=12s"])
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.delivery.lost == 0 && result.delivery.deleted > 1_000)
    #expect(result.delivery.deletedBy.map(\.reason) == ["retention.bytes", "retention.ms"])
    #expect(result.story.contains { $0.what.hasPrefix("records of by-time-0 from 0 to ") && $0.what.contains("are deleted, by retention.ms: segment 0") })
    #expect(result.summaryText.contains("deleted ("))
  }

  @Test func `Records that an operator deletes are deleted up to the given offset, and that is reported`() throws {
    let result = try run(
      text: """
        name: test
        about: An operator deletes records that everybody has read.
        cluster: { brokers: 1 }
        topics: [{ name: t }]
        workload: [{ produce: { topic: t, rate: 10/s, config: { acks: all } } }, { consume: { topic: t } }]
        faults: [{ at: 5s, admin: { delete-records: { partition: t-0, before: 20 } } }]
        duration: 10s
        """)
    #expect(result.exitCode == .asExpected)
    #expect(result.delivery.lost == 0 && result.delivery.deletedBy == [ReasonCount(reason: "DeleteRecords", count: 20)])
    #expect(result.story.contains { $0.what == "records of t-0 from 0 to 19 are deleted, by DeleteRecords" && $0.weight == .event })
    #expect(result.json.text.contains("\"deleted\": 20"))
  }

  @Test(arguments: UInt64(1)...3) func `Deletion under random faults breaks no promise`(seed: UInt64) throws {
    let result = try run("operations/delete-records", seed: seed)
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
  }

  @Test func `A recreated topic is another one`() throws {
    let result = try run("operations/recreated-topic")
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.delivery.deletedBy.map(\.reason) == ["deletion of the topic"])
    #expect(result.delivery.lost == 0)
  }

  @Test func `A leader that does not know of an unclean election may acknowledge records that are lost`() throws {
    let result = try run("operations/zombie-leader", seed: 1)
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.delivery.violations == 0 && result.delivery.permittedBy.map(\.reason) == ["unclean leader election"])
  }

  // MARK: Waits

  @Test func `Missing acknowledgements with a reachable leader break an expectation of availability`() throws {
    // The followers wait for more than there is before they confirm anything.
    let result = try run(
      "smoke/calm",
      overrides: [
        "duration=5s", "cluster.config.replica.fetch.min.bytes=100000000", "cluster.config.replica.fetch.wait.max.ms=8000",
        "expect={ availability: 2s }",
      ])
    #expect(verdict(.availability, in: result) == .violated)
    #expect(result.exitCode == .notAsExpected)
    #expect(result.availability?.withoutAcknowledgement?.length ?? .zero > .seconds(2))
  }

  @Test func `A calm cluster meets an expectation of availability, and the summary has the longest waits`() throws {
    let result = try run("smoke/calm", overrides: ["duration=5s", "expect={ availability: 2s }"])
    #expect(result.exitCode == .asExpected)
    #expect(result.availability?.bound == .seconds(2))
    #expect(result.summaryText.contains("longest wait, with a leader within reach: for an acknowledgement "))
  }

  @Test func `An expectation of availability is met if responses come before any client is seen to wait`() throws {
    let result = try run(
      text: """
        name: test
        about: Everything is answered within milliseconds.
        topics: [{ name: t }]
        workload: [{ produce: { topic: t, rate: 20/s } }, { consume: { topic: t } }]
        duration: 5s
        expect: { availability: 20s }
        """)
    #expect(result.availability?.withoutAcknowledgement == nil && result.availability?.withoutDelivery == nil)
    #expect(verdict(.availability, in: result) == .holds)
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
  }

  // MARK: What the operator asked for

  @Test func `Requests of the operator that are unanswered at the end are reported, and have not taken effect`() throws {
    let result = try run(
      text: """
        name: test
        about: The leader of the records that are to be deleted is away.
        topics: [{ name: t, replicas: [[1]] }]
        workload: [{ produce: { topic: t, rate: 20/s } }]
        faults:
          - { at: 2s, isolate: 1 }
          - { name: deletion, at: 3s, admin: { delete-records: { partition: t-0, before: 10 } } }
        duration: 6s
        """)
    #expect(result.story.contains { $0.who == "operator" && $0.what == "has no answer yet: records of t-0 before 10 deleted" })
  }

  // MARK: What is under way

  @Test func `The audit waits for what acks=0 has sent and no broker has read`() throws {
    let result = try run(
      text: """
        name: test
        about: A producer that waits for nothing fills its card for most of a second.
        cluster: { machine: kreps-2014 }
        topics: [{ name: t, partitions: 3, replicas: 3 }]
        workload: [{ produce: { topic: t, load: saturating, records: 1000, value: 100KiB, config: { acks: 0, batch.size: 131072 } } }]
        duration: 200ms
        expect: { holds: [unseen, lost-write, durability] }
        """)
    #expect(result.exitCode == .asExpected, "\(result.summaryText)")
    #expect(result.delivery.lost == 0 && result.delivery.acked == result.delivery.sent)
  }

  // MARK: Advice

  @Test func `A violation that a producer without idempotence causes is explained`() throws {
    let result = try run("smoke/calm", overrides: ["workload=[{ produce: { topic: t, config: { enable.idempotence: false } } }, { consume: { topic: t } }]", "faults=[{ from: 5s, to: 20s, isolate: leader(t-0) }]", "duration=30s"])
    let failed = result.expectations.filter { $0.conclusion == .notMet }
    #expect(failed.contains { $0.subject == "reorder" || $0.subject == "nonmonotonic-send" || $0.subject == "duplicate" })
    #expect(failed.allSatisfy { $0.advice?.contains("retries without idempotence") == true && $0.advice?.contains("set acks: all and enable.idempotence: true, or") == true })
  }

  // MARK: Why

  /// A leader loses its power with records that no follower has.
  private static let incident = """
    name: incident
    about: A leader dies with records that only it has.
    cluster: { brokers: 3, config: { min.insync.replicas: 1 } }
    topics: [{ name: t, replicas: [[1, 2, 3]] }]
    workload: [{ produce: { name: shop, topic: t, rate: 200/s, config: { acks: 1 } } }]
    faults:
      - { at: 4s, to: 5s, slow: { from: 1, to: [2, 3], latency: 400ms } }
      - { at: 5s, power-loss: leader(t-0) }
    duration: 20s
    expect: { violates: [lost-write] }
    """

  @Test func `The story says which acknowledged records a new leader lacks, and when no client could write and why`() throws {
    let result = try run(text: Self.incident)
    let lacking = try #require(result.story.first { $0.what.hasPrefix("leads t-0 without ") })
    #expect(lacking.who == "broker-2" && lacking.weight == .event)
    #expect(lacking.what.hasPrefix("leads t-0 without \(result.delivery.lost) records (offsets "), "\(lacking.what)")
    #expect(lacking.what.hasSuffix("by broker 1 with acks=1)"), "\(lacking.what)")
    let outage = try #require(result.availability?.outages.first)
    #expect(outage.partition == "t-0" && outage.reason.hasPrefix("broker 1, its leader, was down; elected next: broker 2 at "), "\(outage)")
    #expect(abs((outage.from - .seconds(5)).seconds) < 0.3)
    #expect(result.story.contains { $0.what == outage.text })
  }

  @Test func `Without losses no leader lacks anything, and without waiting clients there is no outage`() throws {
    let result = try run("smoke/calm", overrides: ["duration=5s"])
    #expect(!result.story.contains { $0.what.contains(" without ") })
    #expect(result.availability?.outages == [])
  }

  @Test func `Failed records have the reasons that their producer was told`() throws {
    let result = try run(
      text: """
        name: large
        about: Records that are too large.
        topics: [{ name: t }]
        workload: [{ produce: { topic: t, rate: 10/s, records: 5, value: 2MB } }]
        duration: 2s
        """)
    #expect(result.delivery.failed == 5)
    #expect(result.delivery.failedBy == [ReasonCount(reason: "larger than 1048576 bytes, what max.request.size and buffer.memory allow", count: 5)])
    #expect(result.summaryText.contains("5 failed (larger than 1048576 bytes"))
  }

  @Test func `A readable trace names sender, receiver and message on the clock of the story`() throws {
    var lines: [String] = [], options = Trial.Options(seed: 1)
    options.onMessageLine = { lines.append($0) }
    _ = Trial(try ScenarioReader.read(text: Self.incident, file: "test.yaml"), options: options).run()
    #expect(lines.contains { $0.contains("shop -> broker-1  Produce request: ") && $0.contains("acks=1") && $0.contains("topic=t") && $0.contains("index=0") })
    #expect(lines.contains { $0.contains("broker-1 -> shop  Produce response: ") && $0.contains("baseOffset=") })
    #expect(lines.contains { $0.contains("broker-1 -> broker-2  Fetch response: ") && $0.contains("highWatermark=") })
    let times = lines.compactMap { Double($0.split(separator: " ")[0]) }
    #expect(times.count == lines.count && times == times.sorted())
    #expect(times.first ?? 0 < 0, "setting up counts backwards")
  }

}
