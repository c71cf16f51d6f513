import Results
import Testing
import Workloads

@testable import Trials

/// Trials of applications with transactions, and what a schedule does to them.
@Suite struct TransactionTrialTests {
  private func run(
    _ application: String, work: String = "map", faults: [String] = [], switches: String = "{}", holds: String = "all", violates: String? = nil, seen: String? = nil,
    duration: String = "6s"
  ) throws -> RunResult {
    let text = """
      name: transactions
      about: Applications that consume, transform and produce.
      cluster:
        brokers: 1
        config: { transaction.abort.timed.out.transaction.cleanup.interval.ms: 200ms, offsets.topic.num.partitions: 1, transaction.state.log.num.partitions: 1, group.initial.rebalance.delay.ms: 0 }
        switches: \(switches)
      topics: [{ name: in, partitions: 2 }, { name: other, partitions: 2 }, { name: out, partitions: 2 }, { name: counts, partitions: 2, config: { cleanup.policy: compact } }]
      workload:
        - produce: { topics: [in, other], rate: 40/s, keys: 5, to: 4s, config: { enable.idempotence: true } }
        - transform: { name: app, input: in, output: out, group: g, instances: 2, work: \(work), \(application), consumer: { session.timeout.ms: 6s, heartbeat.interval.ms: 1s } }
        - consume: { topic: out, config: { isolation.level: read_committed } }
      \(faults.isEmpty ? "" : "faults:\n" + faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: \(duration)
      expect: { \(violates.map { "violates: [\($0)], " } ?? "")holds: \(holds)\(seen.map { ", seen: [\($0)]" } ?? "") }
      """
    return Trial(try ScenarioReader.read(text: text, file: "transactions.yaml"), options: Trial.Options(seed: 1)).run()
  }

  private static let exactlyOnce = "transactional-id: x, commit-every: 200ms, producer: { transaction.timeout.ms: 2s }"

  /// What was not as expected, with the story, and which faults struck nobody.
  private func problems(of result: RunResult) -> [String] {
    var problems = result.faults.filter { $0.hit <= 0 }.map { "\($0.name) was never hit" }
    if result.exitCode != .asExpected {
      problems.append("\(result.exitCode): \(result.expectations) \(result.verdicts.filter { $0.conclusion == .violated }) \(result.story.map { "\($0.who) \($0.what)" })")
    }
    return problems
  }

  private func examined(_ guarantee: Guarantee, _ result: RunResult) -> Int { result.verdicts.first { $0.guarantee == guarantee }?.examined ?? 0 }

  @Test(arguments: ["map", "{ filter: 0.5 }", "{ fan-out: 3 }", "{ join: other }", "{ aggregate: counts }"])
  func `Each kind of work has its effect once`(work: String) throws {
    let result = try run(Self.exactlyOnce, work: work, seen: "transaction-committed")
    #expect(problems(of: result) == [])
    #expect(examined(.exactlyOnce, result) > 50)
    if work.contains("aggregate") { #expect(examined(.counts, result) > 50) }
  }

  @Test(arguments: ["map", "{ aggregate: counts }"])
  func `An instance that is killed in the middle of a transaction leaves nothing of it`(work: String) throws {
    let result = try run(
      Self.exactlyOnce, work: work,
      faults: ["{ name: away, after: \"begun(transaction x-1, 5) + 100ms\", kill: \"instance(app, 1)\" }", "{ after: away + 3s, restart: \"instance(app, 1)\" }"],
      seen: "transaction-aborted", duration: "15s")
    #expect(problems(of: result) == [])
  }

  @Test func `An instance that sleeps longer than its transaction timeout is fenced, and starts again`() throws {
    let result = try run(
      Self.exactlyOnce,
      faults: ["{ name: asleep, after: \"begun(transaction x-1, 5) + 100ms\", pause: \"instance(app, 1)\" }", "{ after: asleep + 9s, resume: \"instance(app, 1)\" }"],
      seen: "transaction-aborted, member-evicted", duration: "20s")
    #expect(problems(of: result) == [])
    #expect(result.story.contains { $0.who == "app-1" && $0.what.contains("starts again") || $0.what.contains("aborted a transaction") })
  }

  @Test(arguments: [true, false]) func `After an abort an application goes back, or skips its input`(rewinds: Bool) throws {
    let result = try run(
      Self.exactlyOnce, faults: ["{ name: refused, after: \"committed(transaction x-1, 3)\", answer: { error: INVALID_RECORD, api: Produce, from: app, times: 1 } }"],
      switches: rewinds ? "{}" : "{ app.rewindOnAbort: false }", holds: rewinds ? "all" : "[durability]", violates: rewinds ? nil : "exactly-once", seen: "transaction-aborted")
    #expect(problems(of: result) == [])
  }

  @Test(arguments: ["at-least-once", "at-most-once"]) func `Weaker guarantees hold if an instance is killed`(guarantee: String) throws {
    let result = try run(
      "guarantee: \(guarantee)", faults: ["{ from: 2s, to: 5s, kill: \"owner(g, in-0)\" }"],
      holds: "[durability, \(guarantee), one-owner, all-owned]", duration: "12s")
    #expect(problems(of: result) == [])
  }

  @Test func `Transfers, some of them aborted, neither create nor lose money, and lists are read as they are committed`() throws {
    let text = """
      name: bank
      about: Transfers and lists.
      cluster: { brokers: 1 }
      topics: [{ name: accounts, partitions: 2 }, { name: lists, partitions: 2 }]
      workload:
        - transact: { name: bank, topic: accounts, producers: 2, transactional-id: b, bank: { accounts: 5 }, rate: 40/s, abort: { every: 4 } }
        - transact: { name: lists, topic: lists, producers: 2, transactional-id: l, append: { keys: 3, reads: true }, per-transaction: 4, rate: 40/s, abort: 0.3 }
        - transact: { name: often, topics: [accounts, lists], transactional-id: o, commit-every: 100ms, partitions-per-transaction: 2, rate: 50/s }
        - consume: { topics: [accounts, lists], config: { isolation.level: read_committed } }
        - consume: { name: dirty, topics: [accounts, lists] }
      faults:
        - { name: away, after: "begun(transaction b-1, 5)", kill: "instance(bank, 1)" }
        - { after: away + 1s, restart: "instance(bank, 1)" }
      duration: 5s
      expect: { holds: all, seen: [transaction-committed, transaction-aborted] }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "bank.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(problems(of: result) == [])
    #expect(examined(.balances, result) > 20)
    #expect(examined(.tornTransaction, result) > 10)
  }
}
