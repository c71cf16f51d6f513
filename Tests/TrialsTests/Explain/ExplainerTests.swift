import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Famous failures, explained: the true cause is there, as docs/hazards.md tells it, and nothing that does not matter.
@Suite struct ExplainerTests {
  private static func explainer(_ name: String, variant: String? = nil) throws -> Explainer? {
    var options = Trial.Options(seed: 1)
    options.recordsCauses = true
    options.tellsDetails = false
    let trial = Trial(try ScenarioLibrary.scenario(at: "scenarios/\(name).yaml", variant: variant), options: options)
    return Explainer(trial, trial.run())
  }

  private static func explanation(_ name: String, variant: String? = nil) throws -> Explanation { try #require(try explainer(name, variant: variant)).explanation }

  /// Runs scenarios within this process.
  private static func run(_ texts: [String], _ seed: UInt64) throws -> [RunResult?] {
    try texts.map { Trial(try ScenarioReader.read(text: $0, file: "explained.yaml"), options: Trial.Options(seed: seed)).run() }
  }

  /// `kind who` of each line.
  private static func outline(_ explanation: Explanation) -> [String] { explanation.lines.map { "\($0.kind.rawValue) \($0.who)" } }

  /// Each line is needed by a later one, or by one of the same instant, in the end by the evidence.
  private func expectConnected(_ explanation: Explanation) {
    for (index, line) in explanation.lines.enumerated().dropLast() {
      guard let needed = line.neededBy else {
        Issue.record("nothing needs line \(index + 1): \(line.what)")
        continue
      }
      #expect(explanation.lines[needed - 1].seconds >= line.seconds, "line \(index + 1) is later than line \(needed), which needed it")
      #expect(!line.why.isEmpty)
    }
    #expect(explanation.lines.last?.neededBy == nil && explanation.lines.last?.kind == .evidence)
  }

  @Test(arguments: [
    "hazards/kip-101-truncation-loss", "hazards/unclean-leader-election", "hazards/fast-restart-in-isr", "hazards/isr-of-former-leader", "hazards/quorum-two-pending-voters",
    "hazards/group-zombie-commit", "hazards/transaction-late-commit", "hazards/producer-retry-duplicate", "hazards/transaction-zombie-offsets", "hazards/quorum-unsynced-commit",
  ])
  func `Each line was needed by a later one, and there are few enough to read`(name: String) throws {
    let explanation = try Self.explanation(name)
    expectConnected(explanation)
    #expect((4...ExplanationWriter.mostLines).contains(explanation.lines.count), "\(explanation.lines.count)")
  }

  @Test func `The cause of an acknowledged write that an unclean election loses`() throws {
    #expect(
      Self.outline(try Self.explanation("hazards/unclean-leader-election")) == [
        "election controller-1", "state broker-1", "fault schedule", "client produce", "state broker-1", "message controller-1", "state controller-1", "state broker-1",
        "client produce", "fault schedule", "state controller-1", "election controller-1", "state broker-2", "state broker-1", "message broker-1", "loss broker-1",
        "evidence trial",
      ])
  }

  @Test func `The cause of an acknowledged write that is truncated to a high watermark`() throws {
    #expect(
      Self.outline(try Self.explanation("hazards/kip-101-truncation-loss")) == [
        "election controller-1", "state broker-1", "client before", "message broker-1", "message broker-3", "message broker-2", "state broker-1", "client before",
        "fault schedule", "state controller-1", "election controller-1", "state controller-1", "state broker-3", "loss broker-3", "fault schedule", "state controller-1",
        "election controller-1", "state broker-3", "state broker-2", "loss broker-2", "evidence trial",
      ])
  }

  @Test func `The cause of a write that a leader acknowledges that was replaced`() throws {
    #expect(
      Self.outline(try Self.explanation("hazards/controller-out-of-reach")) == [
        "election controller-1", "state broker-1", "fault schedule", "state controller-1", "election controller-1", "state controller-1", "state broker-2",
        "client produce", "message broker-1", "client produce", "message broker-2", "message broker-3", "state broker-1", "message broker-1", "loss broker-1",
        "evidence trial",
      ])
  }

  @Test func `The cause of a transaction that a late request ends`() throws {
    #expect(
      Self.outline(try Self.explanation("verify/exactly-once-late", variant: "level-0")).filter { $0 != "client writer-2" } == [
        "election controller-1", "state broker-3", "fault schedule", "message broker-3", "state broker-3", "message broker-3",
        "message broker-2", "state broker-3", "message broker-3", "state broker-3", "message broker-3", "state broker-3",
        "client committed", "evidence trial",
      ])
  }

  @Test func `The cause of two sets of voters that commit for themselves`() throws {
    #expect(
      Self.outline(try Self.explanation("hazards/quorum-two-pending-voters")) == [
        "message controller-2", "election controller-2", "state controller-2", "message controller-1", "state controller-1", "fault schedule", "message controller-2",
        "state controller-2", "fault schedule", "message controller-2", "state controller-2", "state controller-2", "message controller-1", "election controller-1",
        "evidence trial",
      ])
  }

  @Test func `The cause of a commit of a member that is none any more`() throws {
    #expect(
      Self.outline(try Self.explanation("hazards/group-zombie-commit")) == [
        "fault schedule", "client member-1", "fault schedule", "state broker-2", "client member-2", "client member-2", "message broker-2", "state broker-2",
        "remedy schedule", "message broker-2", "state broker-2", "evidence trial",
      ])
  }

  @Test func `Of a record that nobody finished, who went on behind it`() throws {
    let outline = Self.outline(try Self.explanation("found/offsets-before-marker"))
    #expect(outline == ["client app-2", "state app-2", "client app-2", "client app-2", "client app-1", "client app-1", "evidence trial"])
  }

  @Test func `Of a record that is there twice, the request that wrote each copy`() throws {
    let lines = try Self.explanation("found/one-batch-remembered").lines.filter { $0.what.hasPrefix("appends the record") }
    #expect(lines.map(\.what) == [
      "appends the record of t-0 at offset 1, sent by produce", "appends the record of t-0 at offset 3, sent by produce",
    ])
    #expect(lines.map { ($0.seconds * 10).rounded() } == [5, 18])
  }

  @Test func `Of an entry that strikes several times, the time that mattered`() throws {
    let explainer = try #require(try Self.explainer("found/zombie-commit"))
    try explainer.tryWithoutFaults(in: "/tmp") { try Self.run($0, $1) }
    let lines = explainer.explanation.lines, pause = try #require(lines.first { $0.kind == .fault })
    let commit = try #require(lines.last { $0.what.hasPrefix("asks to commit") })
    #expect(pause.what == "\(commit.who) paused")
    #expect(pause.seconds < commit.seconds && commit.seconds - pause.seconds < 6)
  }

  @Test func `A trial that holds has nothing to explain`() throws {
    #expect(try Self.explainer("hazards/kip-101-truncation-loss", variant: "fixed") == nil)
  }

  @Test func `Each fault is taken away, and the one that a violation needs is among the lines although no table knows why`() throws {
    let explainer = try #require(try Self.explainer("hazards/kip-101-truncation-loss"))
    #expect(!explainer.explanation.lines.contains { $0.what.hasPrefix("holds Fetch") })
    try explainer.tryWithoutFaults(in: "/tmp", Self.run)
    let explanation = explainer.explanation
    #expect(explanation.faults.map(\.outcome) == [.prevented, .prevented, .otherEvidence, .same, .same])
    #expect(explanation.faults.map(\.what).first == "broker-1 isolated")
    #expect(explanation.lines.contains { $0.what.hasPrefix("holds Fetch") && $0.kind == .fault && $0.neededBy == explanation.lines.count })
  }

  @Test func `With a fault goes what waits for it by its name`() throws {
    let text = """
      name: n
      about: One waits for the other.
      topics: [{ name: t }]
      workload: [{ produce: { topic: t, rate: 1/s } }]
      faults:
        - { name: first, at: 1s, kill: 1 }
        - { name: second, after: first + 1s, restart: 1 }
        - { name: held, at: 2s, hold: { api: Fetch } }
        - { at: 3s, release: held }
      duration: 5s
      """
    let document = try Value.parse(text, source: "n.yaml"), entries = try #require(document["faults"]?.elements)
    let removals = entries.indices.map { FaultRemoval(of: $0, from: document, entries, file: "n.yaml") }
    #expect(removals.map(\.others) == [[1], [], [3], []])
    #expect(removals.map(\.isReadable) == [true, true, true, true])
    #expect(removals.map { $0.document["faults"]?.elements?.count } == [2, 3, 2, 3])
  }

  @Test func `Recording causes changes neither the trace nor the result`() throws {
    func result(_ records: Bool) throws -> RunResult {
      var options = Trial.Options(seed: 3)
      options.recordsCauses = records
      return Trial(try ScenarioLibrary.scenario(at: "scenarios/smoke/everything.yaml"), options: options).run()
    }
    #expect(try result(true).json.text == result(false).json.text)
  }
}
