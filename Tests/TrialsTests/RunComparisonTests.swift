import Foundation
import Primitives
import Scenarios
import Testing

@testable import Sim
@testable import Trials

/// Two runs side by side, and the first event in which they differ.
@Suite struct RunComparisonTests {
  private final class Told: TraceLines {
    private var lines: ArraySlice<String>
    init(_ lines: [String]) { self.lines = lines[...] }
    func next() -> String? { lines.popFirst() }
    func stop() { lines = [] }
  }

  private func options(_ seed: UInt64) -> Trial.Options {
    var options = Trial.Options(seed: seed)
    options.tellsDetails = false
    return options
  }

  private func scenario(_ overrides: [String] = []) throws -> Scenario {
    try ScenarioLibrary.scenario(
      text: """
        name: small
        about: A broker is killed.
        topics: [{ name: t, replicas: [[1, 2, 3]] }]
        workload: [{ produce: { topic: t, rate: 50/s, config: { acks: all } } }]
        faults: [{ from: 2s, to: 3s, kill: 2 }]
        duration: 4s
        """, file: "small.yaml", overrides: overrides)
  }

  /// What a worker process would tell.
  private func told(_ scenario: Scenario, seed: UInt64, from first: UInt64?) -> Told {
    var lines: [String] = [], options = options(seed)
    let reporter = TraceReporter(from: first) { lines.append($0) }
    reporter.follow(&options)
    let trial = Trial(scenario, options: options)
    _ = trial.run()
    reporter.finish(trial)
    return Told(lines)
  }

  /// Every event with its time to the nanosecond.
  private func wholeTrace(_ scenario: Scenario, seed: UInt64) -> [String] {
    var lines: [String] = [], options = options(seed)
    options.onEvent = { event, _ in lines.append("\(event.time.nanoseconds) \(event.line)") }
    _ = Trial(scenario, options: options).run()
    return lines
  }

  private func compare(_ one: (Scenario, UInt64), _ other: (Scenario, UInt64)) throws -> (outcome: RunComparison.Outcome, from: UInt64?) {
    var from: UInt64?
    let outcome = try RunComparison.compare { first in
      from = first
      return (told(one.0, seed: one.1, from: first), told(other.0, seed: other.1, from: first))
    }
    return (outcome, from)
  }

  private func parted(_ outcome: RunComparison.Outcome) -> RunComparison.Parting? { if case .parted(let parting) = outcome { parting } else { nil } }

  /// The number of the first event that differs, by a comparison of everything.
  private func firstDifference(_ one: [String], _ other: [String]) -> Int? { zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }.map { $0.offset + 1 } }

  @Test func `Two seeds part at the event at which their whole traces do`() throws {
    let scenario = try scenario(), one = wholeTrace(scenario, seed: 1), other = wholeTrace(scenario, seed: 2)
    let parting = try #require(parted(compare((scenario, 1), (scenario, 2)).outcome)), number = try #require(firstDifference(one, other))
    #expect(parting.event?.number == UInt64(number))
    #expect(parting.before.map(\.text) == one[max(0, number - 1 - 10)..<number - 1].map { String($0.drop { $0 != " " }.dropFirst()) })
    #expect(parting.first.map(\.text) == one[number - 1..<number + 10].map { String($0.drop { $0 != " " }.dropFirst()) })
    #expect(parting.second.map(\.text) == other[number - 1..<number + 10].map { String($0.drop { $0 != " " }.dropFirst()) })
  }

  @Test func `Equal runs are equal to their last event`() throws {
    let scenario = try scenario(), result = Trial(scenario, options: options(1)).run()
    guard case .same(let events, let hash) = try compare((scenario, 1), (scenario, 1)).outcome else {
      Issue.record("they part")
      return
    }
    #expect(events == result.events)
    #expect(hash.flatMap { UInt64($0, radix: 16) } == result.traceHash)
  }

  @Test func `Runs with another fault part when it comes, and only what lies around that is told event by event`() throws {
    let one = try scenario(), other = try scenario(["faults[0].from=2.5s"])
    let (outcome, from) = try compare((one, 1), (other, 1)), parting = try #require(parted(outcome))
    let number = try #require(firstDifference(wholeTrace(one, seed: 1), wholeTrace(other, seed: 1)))
    #expect(parting.event?.number == UInt64(number))
    #expect(try #require(parting.event?.storyTime) >= .seconds(2))
    #expect(try #require(parting.event?.storyTime) < .milliseconds(2_010))
    #expect(UInt64(number) - from! < 1_024 + 10)
  }

  // MARK: Literal traces

  private func outcome(_ one: [String], _ other: [String]) throws -> RunComparison.Outcome {
    try RunComparison.compareEvents(Told(one), Told(other)) { line, number in TracedEvent(number: number, text: line) }
  }

  @Test func `A run that ends before the other one parts from it there`() throws {
    let parting = try #require(parted(outcome(["0.000001 a timer 1/1"], ["0.000001 a timer 1/1", "0.000002 a disk operation 1 done"])))
    #expect(parting.before.count == 1 && parting.first.isEmpty)
    #expect(parting.event?.number == 2)
    #expect(parting.components == ["the disk of a"])
  }

  @Test func `The earlier of two events tells which part of the world parted first`() throws {
    let late = "0.000009 broker-1 timer 1/1", early = "0.000003 broker-2 received 4 bytes on connection 7, crc32c 1"
    #expect(try parted(outcome([late], [early]))?.components == ["the network at broker-2"])
    #expect(try parted(outcome([early], [late]))?.components == ["the network at broker-2"])
    #expect(try parted(outcome([late], ["0.000009 broker-3 disk operation 1 done"]))?.components == ["broker-1", "the disk of broker-3"])
  }

  @Test func `Runs whose checkpoints differ and whose events do not are unsteady`() throws {
    var begun = 0
    let outcome = try RunComparison.compare { first in
      begun += 1
      return first == nil
        ? (Told(["1024 aa", "2048 bb", "end 2100 cc"]), Told(["1024 aa", "2048 bc", "end 2100 cc"]))
        : (Told(["1020 5 - 0.000000 a timer 1/1", "end 2100 cc"]), Told(["1020 5 - 0.000000 a timer 1/1", "end 2100 cc"]))
    }
    #expect(begun == 2)
    guard case .unsteady(after: 1_024) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  // MARK: Programs

  /// A program without the worker command, which writes a trace and its result as `replay --trace - --json` does.
  private func program(_ lines: [String], exitCode: Int = 0) throws -> String {
    let path = NSTemporaryDirectory() + "/trial-diff-test-\(UUID().uuidString)"
    let text = (lines.dropLast() + ["{", "  \"events\": 3", "}"] + lines.suffix(1)).joined(separator: "\n")
    let script = "#!/bin/sh\n[ \"$1\" = replay ] || { echo 'there is no such command' >&2; exit 64; }\ncat <<'END'\n\(text)\nEND\nexit \(exitCode)\n"
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func compare(_ one: String, _ other: String) throws -> RunComparison.Outcome {
    try TracedRun.compare(TracedRun(program: one, scenario: "smoke/calm", seed: 1), TracedRun(program: other, scenario: "smoke/calm", seed: 1))
  }

  @Test func `A build without the worker command is compared by its trace`() throws {
    let lines = (1...30).map { "0.0000\($0 + 10) broker-1 timer 1/\($0)" }
    let one = try program(lines), other = try program(lines.map { $0.hasSuffix("/22") ? $0 + "2" : $0 }, exitCode: 1)
    defer { for path in [one, other] { try? FileManager.default.removeItem(atPath: path) } }
    #expect(try parted(compare(one, other))?.event?.number == 22)
    #expect(try parted(compare(one, other))?.first.count == 9)
    guard case .same(events: 30, hash: nil) = try compare(one, one) else {
      Issue.record("they part")
      return
    }
  }

  @Test func `A program that is none, that says nothing or something else, and that fails are told apart`() throws {
    let failing = try program([], exitCode: 65)
    defer { try? FileManager.default.removeItem(atPath: failing) }
    func error(_ program: String) throws -> String { "\(try #require(throws: TraceError.self) { try compare(program, program) })" }
    #expect(try error("/no/such/trial") == "/no/such/trial cannot be run: No such file or directory. Name a program trial of another build.")
    #expect(try error("/dev/null").contains("cannot be run: Permission denied"))
    #expect(try error("/bin/true") == "/bin/true replay smoke/calm --seed 1 --json --quiet --trace - writes no trace of a trial. Name a program trial that has replay --trace.")
    #expect(try error("/bin/echo").contains("writes no trace of a trial but 'replay smoke/calm --seed 1"))
    #expect(try error(failing).contains("ended with 65"))
  }
}
