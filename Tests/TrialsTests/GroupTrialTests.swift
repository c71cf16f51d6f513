import Results
import Testing
import Workloads

@testable import Trials

/// Trials in which members of groups and their coordinators are struck by what a schedule says of them.
@Suite struct GroupTrialTests {
  /// - Parameter partitions: the coordinators' partitions. Each costs every broker something all the time.
  private func run(protocol name: String = "classic", _ faults: String..., seen: String? = nil, duration: String, partitions: Int = 2) throws -> RunResult {
    try run(protocol: name, faults: faults, seen: seen, duration: duration, partitions: partitions)
  }

  private func run(protocol name: String, faults: [String], seen: String?, duration: String, partitions: Int = 2) throws -> RunResult {
    let config = name == "classic" ? "config: { session.timeout.ms: 6s, heartbeat.interval.ms: 2s }" : "config: { group.protocol: consumer }"
    let text = """
      name: groups
      about: Members of a group come and go.
      cluster: { brokers: 3, config: { offsets.topic.num.partitions: \(partitions), group.consumer.session.timeout.ms: 6s, group.consumer.heartbeat.interval.ms: 2s } }
      topics:
        - { name: t, partitions: 4 }
      workload:
        - produce: { topic: t, rate: 10/s }
        - consume: { group: g, topic: t, members: 3, commit: sync, \(config) }
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: \(duration)
      expect: { holds: [durability]\(seen.map { ", seen: [\($0)]" } ?? "") }
      """
    return Trial(try ScenarioReader.read(text: text, file: "groups.yaml"), options: Trial.Options(seed: 1)).run()
  }

  /// What was not as expected, with the story, and which faults struck nobody.
  private func problems(of result: RunResult) -> [String] {
    var problems = result.faults.filter { $0.hit <= 0 }.map { "\($0.name) was never hit" }
    if result.exitCode != .asExpected {
      problems.append("\(result.exitCode): \(result.expectations) \(result.faults) \(result.story.map { "\($0.who) \($0.what)" })")
    }
    return problems
  }

  @Test(arguments: ["classic", "consumer"])
  func `A member that is killed is removed, and comes back`(protocol name: String) throws {
    let result = try run(
      protocol: name, "{ name: away, after: \"joined(g, 3) + 8s\", kill: \"member(g, 2)\" }", "{ name: back, after: away + 10s, restart: \"member(g, 2)\" }",
      seen: "rebalance, member-evicted", duration: "50s")
    #expect(problems(of: result) == [])
  }

  @Test(arguments: ["classic", "consumer"])
  func `An owner that is paused longer than its session is fenced when it continues`(protocol name: String) throws {
    let result = try run(
      protocol: name, "{ name: away, after: \"committed(g, t-0, 20)\", pause: \"owner(g, t-0)\" }", "{ after: away + 15s, resume: member(g) }",
      seen: "rebalance, member-evicted, member-fenced", duration: "60s")
    #expect(problems(of: result) == [])
  }

  @Test(arguments: ["classic", "consumer"])
  func `A group continues with another coordinator`(protocol name: String) throws {
    let result = try run(protocol: name, "{ from: 15s, to: 35s, kill: coordinator(group g) }", seen: "coordinator-move", duration: "50s")
    #expect(problems(of: result) == [])
  }

  @Test func `The story reports coordinator partitions that have groups, and the others only as details`() throws {
    let result = try run("{ from: 15s, to: 30s, kill: coordinator(group g) }", duration: "35s", partitions: 50)
    let elections = result.story.filter { $0.what.hasPrefix("elected broker") && $0.what.contains("__consumer_offsets-") }
    let told = elections.filter { $0.weight > .detail }
    #expect(elections.count >= 50 && told.count >= 2 && told.count < 10)
    #expect(Set(told.map { $0.what.split(separator: " ").first { $0.hasPrefix("__consumer_offsets-") } }).count == 1)
    #expect(result.story.filter { $0.what.contains("ISR of t-") }.allSatisfy { $0.weight > .detail })
  }

  @Test(arguments: [
    ("classic", "{ error: UNKNOWN_MEMBER_ID, api: Heartbeat, times: 1 }"), ("consumer", "{ error: FENCED_MEMBER_EPOCH, api: ConsumerGroupHeartbeat, times: 1 }"),
  ])
  func `Members whose requests are refused by the old coordinator join again and continue`(protocol name: String, heartbeat: String) throws {
    var faults = [
      "{ at: 15s, name: heartbeat, answer: \(heartbeat) }",
      "{ at: 15s, name: offsets, answer: { error: COORDINATOR_LOAD_IN_PROGRESS, api: OffsetFetch, times: 1 } }",
      "{ at: 25s, name: commit, answer: { error: NOT_COORDINATOR, api: OffsetCommit, times: 1 } }",
      "{ at: 25s, name: lookup, answer: { error: COORDINATOR_NOT_AVAILABLE, api: FindCoordinator, times: 1 } }",
    ]
    if name == "classic" {
      faults.append("{ at: 15s, name: join, answer: { error: COORDINATOR_LOAD_IN_PROGRESS, api: JoinGroup, times: 1 } }")
      faults.append("{ at: 15s, name: sync, answer: { error: REBALANCE_IN_PROGRESS, api: SyncGroup, times: 1 } }")
    }
    let result = try run(protocol: name, faults: faults, seen: "rebalance", duration: "45s")
    #expect(problems(of: result) == [])
  }

  @Test func `A trial waits for a member that has not joined when everything else is at rest`() throws {
    let text = """
      name: late
      about: A member looks for its coordinator once more when the load is over.
      cluster: { config: { offsets.topic.num.partitions: 1 } }
      topics: [{ name: t, partitions: 2 }]
      workload:
        - produce: { topic: t, rate: 20/s }
        - consume: { name: first, group: g, protocol: consumer, topic: t }
        - consume: { name: late, group: g, protocol: consumer, topic: t, from: 5s, config: { retry.backoff.ms: 7s, retry.backoff.max.ms: 7s } }
      faults:
        - { from: 4s, to: 9s, answer: { error: COORDINATOR_NOT_AVAILABLE, api: FindCoordinator, from: late } }
      duration: 10s
      expect: { holds: all }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "late.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(problems(of: result) == [])
    let joined = try #require(result.story.first { $0.what.contains("with 2 members") })
    #expect(joined.time > .seconds(10))
  }

  @Test(arguments: ["classic", "consumer"])
  func `What only members read that have left needs no owner, and what others read does`(protocol name: String) throws {
    let text = """
      name: leaving
      about: The only reader of a topic leaves for good, while others of its group go on.
      topics: [{ name: t, partitions: 2 }, { name: u, partitions: 2 }]
      workload:
        - produce: { topics: [t, u], rate: 10/s }
        - consume: { name: leaving, group: g, protocol: \(name), topic: t, to: 8s }
        - consume: { name: staying, group: g, protocol: \(name), topic: u, members: 2 }
      duration: 20s
      expect: { holds: all }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "leaving.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(problems(of: result) == [])
    let owned = try #require(result.verdicts.first { $0.guarantee == .allOwned })
    #expect(owned.examined == 2)
  }

  @Test(arguments: ["classic", "consumer"])
  func `Members that subscribe by a pattern read what matches it`(protocol name: String) throws {
    let text = """
      name: pattern
      about: Members subscribe by a pattern.
      cluster: { config: { offsets.topic.num.partitions: 2 } }
      topics: [{ name: orders-1, partitions: 2 }, { name: orders-2 }, { name: other }]
      workload:
        - produce: { topics: [orders-1, orders-2], rate: 10/s }
        - consume: { group: g, protocol: \(name), members: 2, subscribe: { pattern: "orders-.*" } }
      faults:
        - { after: "committed(g, orders-1-0, 5)", name: read, pause: "member(g, 1)" }
        - { after: read + 1s, resume: "member(g, 1)" }
      duration: 25s
      expect: { holds: all }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "pattern.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(problems(of: result) == [])
  }

  @Test func `The offsets of a group without members are reset, and its members start there`() throws {
    let result = try run(
      "{ name: leave, at: 15s, shutdown: member(g) }", "{ name: reset, after: leave + 5s, admin: { reset-offsets: { group: g, topic: t, to: earliest } } }",
      "{ after: reset + 2s, restart: member(g) }", seen: "rebalance", duration: "40s")
    #expect(problems(of: result) == [])
  }

  @Test func `A group with members is neither reset nor deleted, which is reported`() throws {
    let result = try run(
      "{ at: 15s, admin: { reset-offsets: { group: g, partitions: t-0, to: 0 } } }", "{ at: 16s, admin: { delete-group: { group: g } } }", duration: "20s")
    #expect(result.faults.map(\.hit) == [0, 0])
    let refused = result.story.filter { $0.who == "operator" }.map(\.what)
    #expect(refused.contains { $0.contains("offsets of group g in t-0 set to 0") && $0.contains("UNKNOWN_MEMBER_ID") }, "\(refused)")
    #expect(refused.contains { $0.contains("group g deleted") && $0.contains("NON_EMPTY_GROUP") }, "\(refused)")
  }

  @Test func `An offset that is not in the log resets the member`() throws {
    let result = try run(
      "{ name: leave, at: 15s, shutdown: member(g) }", "{ name: reset, after: leave + 5s, admin: { reset-offsets: { group: g, partitions: t-0, to: 1000000 } } }",
      "{ after: reset + 2s, restart: member(g) }", seen: "offset-reset", duration: "40s")
    #expect(problems(of: result) == [])
  }

  @Test func `Random faults hit members and coordinators, and a trial without random choices says which`() throws {
    let text = """
      name: chance
      about: Chance strikes a group.
      topics: [{ name: t, partitions: 4 }]
      workload:
        - produce: { topic: t, rate: 20/s }
        - consume: { group: g, topic: t, members: 3, config: { session.timeout.ms: 6s, heartbeat.interval.ms: 2s } }
      faults:
        - { from: 8s, to: 40s, random: { profile: { kill: 1, pause: 1, isolate: 1, power-loss: 1 }, every: 3s, on: [member(g), coordinator(group *)] } }
      duration: 45s
      expect: { holds: [durability] }
      """
    let trial = Trial(try ScenarioReader.read(text: text, file: "chance.yaml"), options: Trial.Options(seed: 2))
    let result = trial.run()
    let written = trial.scenarioWithoutChance(for: "written.yaml")
    #expect(written.contains("member(g, ") && written.contains("broker-"), "\(written)")
    let again = Trial(try ScenarioReader.read(text: written, file: "written.yaml"), options: Trial.Options(seed: 2)).run()
    #expect(again.traceHash == result.traceHash, "\(written)")
  }
}
