import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// When faults end, how lists of nodes are struck, and how the story tells it.
@Suite struct FaultEndTests {
  static func scenario(_ faults: [String], topics: String = "[{ name: t, replicas: [[1, 2, 3]] }]", cluster: String = "{}", duration: String = "30s") throws -> Scenario {
    let text = """
      name: ends
      about: Faults begin and end.
      cluster: \(cluster)
      topics: \(topics)
      workload:
        - produce: { topic: t, rate: 20/s, config: { retries: 0 } }
        - consume: { topic: t }
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: \(duration)
      expect: { holds: [durability] }
      """
    return try ScenarioReader.read(text: text, file: "ends.yaml")
  }

  static func run(_ faults: String..., duration: String = "30s", seed: UInt64 = 1) throws -> RunResult {
    Trial(try scenario(faults, duration: duration), options: Trial.Options(seed: seed)).run()
  }

  /// What faults do, with its time.
  static func told(_ result: RunResult) -> [String] { result.story.filter { $0.weight == .fault }.map { "\($0.time) \($0.what)" } }

  static func times(of what: String, in result: RunResult) -> [Duration] { result.story.filter { $0.what == what }.map(\.time) }

  // MARK: for

  @Test(arguments: ["at", "from"]) func `A fault with a duration ends that long after it began`(key: String) throws {
    let result = try Self.run("{ \(key): 2s, for: 1500ms, pause: 2 }", duration: "6s")
    #expect(Self.told(result) == ["2s broker-2 paused", "3500ms broker-2 resumed"])
    #expect(result.faults.map(\.hit) == [1])
  }

  @Test func `After a named instant the duration counts from there, and the end affects the nodes that had the role then`() throws {
    let result = try Self.run("{ at: 2s, name: crash, for: 15s, kill: leader(t-0) }", "{ after: election(t-0) + 1s, for: 2s, pause: leader(t-0) }")
    let paused = try #require(result.story.first { $0.what.hasSuffix(" paused") })
    let node = String(paused.what.dropLast(" paused".count))
    #expect(Self.times(of: "\(node) resumed", in: result) == [paused.time + .seconds(2)])
    #expect(result.story.contains { $0.who == "broker-1" && $0.what == "starts" && $0.time == .seconds(17) })
  }

  @Test func `Each repetition lasts for its duration, and the last one no longer than the entry`() throws {
    let result = try Self.run("{ from: 2s, to: 9500ms, every: 3s, for: 1s, isolate: 3 }", duration: "12s")
    let words = ["broker-3 isolated", "broker-3 no longer isolated"]
    #expect(Self.times(of: words[0], in: result) == [.seconds(2), .seconds(5), .seconds(8)])
    #expect(Self.times(of: words[1], in: result) == [.seconds(3), .seconds(6), .seconds(9)])
    let cut = try Self.run("{ from: 2s, to: 5500ms, every: 3s, for: 1s, isolate: 3 }", duration: "12s")
    #expect(Self.times(of: words[1], in: cut) == [.seconds(3), .milliseconds(5_500)])
  }

  @Test func `A window of random faults may be given by its length`() throws {
    let result = try Self.run("{ after: acked(40), for: 5s, random: { profile: { pause: 1 }, every: 500ms } }", duration: "15s")
    let paused = result.story.filter { $0.what.hasSuffix(" paused") }.map(\.time)
    #expect(!paused.isEmpty && paused.allSatisfy { $0 < .seconds(8) })
  }

  @Test func `An entry that would end before it comes does not happen, and the story says what would help`() throws {
    let result = try Self.run("{ at: 2s, for: 20s, kill: leader(t-0) }", "{ name: late, after: election(t-0), to: 4s, pause: leader(t-0) }")
    #expect(result.faults.map(\.hit) == [1, 0])
    #expect(!result.story.contains { $0.what.hasSuffix(" paused") })
    #expect(result.story.contains { $0.what.hasPrefix("late does not happen") && $0.what.contains("for: 5s") })
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A fault with a duration is written, and read back gives the same trial`() throws {
    let scenario = try Self.scenario(
      [
        "{ at: 2s, for: 15s, kill: leader(t-0) }", "{ after: election(t-0) + 1s, for: 2s, pause: any }", "{ from: 18s, to: 24500ms, every: 3s, for: 1s, isolate: any }",
        "{ at: 26s, for: 2s, slow: { from: [1, 2], to: all, latency: 5ms } }",
      ])
    let trial = Trial(scenario, options: Trial.Options(seed: 3)), result = trial.run()
    let text = trial.scenarioWithoutChance(for: "written.yaml")
    let written = Trial(try ScenarioReader.read(text: text, file: "written.yaml"), options: Trial.Options(seed: 3)).run()
    #expect(written.traceHash == result.traceHash, "\(text)")
    #expect(written.story.map(\.what) == result.story.map(\.what))
    #expect(text.contains("for: 15s") && text.contains("for: 500ms") && !text.contains("any"), "\(text)")
  }

  // MARK: Lists

  @Test func `Each node of a list is hit individually, under one name`() throws {
    let result = try Self.run("{ at: 2s, name: two, pause: [2, 3] }", "{ after: two + 1s, resume: [2, 3] }", "{ at: 5s, isolate: [2, 3] }", duration: "8s")
    #expect(Self.told(result).prefix(3) == ["2s broker-2, broker-3 paused", "3s broker-2, broker-3 resumed", "5s broker-2, broker-3 isolated"])
    #expect(result.faults.map(\.hit) == [1, 1, 1])
  }

  @Test func `A node that cannot be hit is reported, and the others are hit`() throws {
    let result = try Self.run("{ at: 2s, kill: 3 }", "{ at: 3s, name: both, kill: [2, 3] }", "{ at: 4s, resume: leader(t-0) }", duration: "6s")
    #expect(
      Self.told(result).dropFirst() == [
        "3s broker-3 is not there to be killed", "3s broker-2 killed", "4s leader(t-0) is not there to be resumed: it is broker-1; nothing is paused",
      ])
  }

  @Test func `A node that two roles denote is hit once`() throws {
    let result = try Self.run("{ at: 2s, name: twice, power-loss: [1, leader(t-0)] }", duration: "6s")
    #expect(Self.told(result).prefix(1) == ["2s power lost at broker-1"])
  }

  // MARK: Words

  @Test(arguments: [
    ("isolate: 3", "broker-3 no longer isolated"),
    ("partition: [[1], [2, 3]]", "network no longer partitioned: broker-1 | broker-2, broker-3"),
    ("cut: { from: 1, to: others }", "no longer cut: broker-1 -> all others"), ("clog: { from: 1, to: all }", "no longer clogged: broker-1 -> broker-2, broker-3"),
    ("slow: { from: 1, to: all, latency: 5ms, bandwidth: 1MB/s }", "no longer slow: broker-1 -> broker-2, broker-3"),
    ("cut: { from: [1, 2], to: [2, 3] }", "no longer cut: broker-1 -> broker-2, broker-3; broker-2 -> broker-3"),
    ("clog: { from: all, to: all }", "no longer clogged: each way between broker-1, broker-2, broker-3"),
    ("slow-cpu: { node: [2, 3], factor: 2 }", "broker-2, broker-3 no longer slowed down"),
    ("drop: { api: Fetch, from: 3 }", "no longer drops Fetch requests from broker-3"),
    ("disk: slow, node: 2, by: 5ms", "disk of broker-2: no longer slow in *"),
    ("disk: eio, node: 2, files: none", "disk of broker-2: no more eio in none"), ("pause: 2", "broker-2 resumed"),
  ])
  func `An end is reported with what ends`(word: String, end: String) throws {
    let result = try Self.run("{ from: 2s, to: 3s, \(word) }", duration: "5s")
    #expect(Self.told(result).last == "3s \(end)")
  }

  @Test func `A fault that was ended before is not reported again, and a start is reported once`() throws {
    let healed = try Self.run("{ from: 2s, to: 6s, isolate: 3 }", "{ at: 4s, heal: all }", duration: "8s")
    #expect(Self.told(healed) == ["2s broker-3 isolated", "4s the network heals"])
    let killed = try Self.run("{ from: 2s, to: 6s, kill: 3 }", duration: "8s")
    #expect(Self.told(killed) == ["2s broker-3 killed"])
    #expect(killed.story.count { $0.who == "broker-3" && $0.what == "starts" && $0.time == .seconds(6) } == 1)
  }

  @Test func `A slow link is reported with its slowness, clocks with units, and no node has a link to itself`() throws {
    let result = try Self.run(
      "{ at: 2s, slow: { from: 1, to: all, latency: 50ms, bandwidth: 1500KB/s } }", "{ at: 3s, reset: { from: all, to: 1 } }",
      "{ at: 4s, clock: { fault: jump, node: [1, 2], by: 1h } }",
      "{ at: 5s, name: drift, clock: { fault: drift, node: 2, by: -50us } }", duration: "7s")
    #expect(
      Self.told(result) == [
        "2s slow: broker-1 -> broker-2, broker-3 (latency 50 ms, bandwidth 1.5 MB/s)", "3s connections reset between broker-2, broker-3 and broker-1",
        "4s clock of broker-1, broker-2 jumps ahead by 3600 s", "5s clock of broker-2 loses 50 us in each second",
      ])
  }

  @Test func `Durations and bandwidths are reported with units`() {
    #expect([Duration(nanoseconds: 325_270_165_713), .milliseconds(-1_500), .zero, Duration(nanoseconds: 350)].map(\.readable) == ["325.27 s", "-1.5 s", "0 s", "350 ns"])
    #expect([Int64(1_000), 1_234_567, 2_000_000_000, 10].map(\.readableBandwidth) == ["1 KB/s", "1.234 MB/s", "2 GB/s", "10 B/s"])
  }

  @Test func `A broker is fenced before others are elected in its place`() throws {
    let result = try Self.run("{ at: 2s, for: 20s, pause: leader(t-0) }")
    let fenced = try #require(result.story.firstIndex { $0.what.hasPrefix("fenced broker 1") && $0.time > .seconds(2) })
    let elected = try #require(result.story.firstIndex { $0.what.hasPrefix("elected broker") && $0.what.contains("t-0") && $0.time > .seconds(2) })
    #expect(fenced < elected)
    #expect(result.story[fenced].time == result.story[elected].time)
    #expect(!result.story[..<fenced].contains { $0.time == result.story[fenced].time && $0.what.hasPrefix("ISR of") })
  }
}
