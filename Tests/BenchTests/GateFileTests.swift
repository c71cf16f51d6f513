import Compare
import Foundation
import Results
import Testing

@testable import Bench
@testable import Scenarios

/// Gates that stand in a file.
@Suite struct GateFileTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  private let files = TemporaryFiles()

  private func gates(_ text: String) throws -> [Gate] { try GateFile(fileAt: files.write(text, to: "gates.yaml")).gates }

  private func mistakes(_ text: String) -> [ScenarioError] {
    do {
      _ = try gates(text)
      return []
    } catch {
      return (error as? ScenarioError)?.all ?? []
    }
  }

  @Test func `A gate has a name, and is written as on the command line or with figures, limits and rows`() throws {
    let gates = try gates(
      """
      about: What the nightly run must meet.
      gates:
        nothing-lost: lost == 0
        tail: { metric: [publish.p99, endToEnd.p99], at-most: [+2%, 20ms], where: { acks: all, linger.ms: 5 } }
        rate: { metric: throughput, at-least: -1% }
      """)
    #expect(
      gates.map(\.text) == [
        "nothing-lost: lost == 0", "tail: publish.p99 <= +2% where acks=all linger.ms=5", "tail: publish.p99 <= 20ms where acks=all linger.ms=5",
        "tail: endToEnd.p99 <= +2% where acks=all linger.ms=5", "tail: endToEnd.p99 <= 20ms where acks=all linger.ms=5", "rate: throughput >= -1%",
      ])
    #expect(gates[0].bound == .value(0))
    #expect(gates[1].bound == .percent(2) && gates[2].bound == .value(20))
    #expect(gates[1].condition == [ChosenSetting(key: "acks", value: "all"), ChosenSetting(key: "linger.ms", value: "5")])
    #expect(gates[5].comparator == .atLeast && gates[5].bound == .percent(-1))
  }

  @Test(arguments: [
    ("at-most", Gate.Comparator.atMost), ("at-least", .atLeast), ("exactly", .equal), ("not", .notEqual), ("less-than", .below), ("more-than", .above),
  ])
  func `Every comparison has a word`(word: String, comparator: Gate.Comparator) throws {
    #expect(try gates("gates: { g: { metric: lost, \(word): 3 } }").map(\.comparator) == [comparator])
  }

  @Test func `All mistakes are told, each where it stands`() {
    let mistakes = mistakes(
      """
      gates:
        a: { metric: publsh.p99, at-most: 5ms }
        b: { metric: publish.p99, at-most: 5 }
        c: { metric: publish.p99 }
        d: { metric: publish.p99, at-mots: 5ms }
        e: publish.p99 <= 5
        f: { metric: publish.p99, at-most: 5 ms }
      """)
    let places = mistakes.map { "\($0.place.line):\($0.place.column)" }, problems = mistakes.map(\.problem)
    #expect(places == ["2:16", "3:38", "4:6", "5:29", "6:6", "7:38"], "\(mistakes)")
    #expect(problems.prefix(3) == ["gates.a.metric: there is no metric 'publsh.p99'", "gates.b.at-most: '5' has no unit", "gates.c: the gate has no limit"])
    #expect(mistakes.first?.remedy == "Did you mean 'publish.p99'?")
    #expect(mistakes.last?.problem.contains("is not one word") == true)
  }

  @Test func `A file without gates, and one of another kind, are refused`() {
    #expect(mistakes("gates: {}").map(\.place.line) == [1])
    #expect(mistakes("gates: [lost == 0]").first?.problem.contains("expected gates with their names") == true)
    #expect(mistakes(BenchRunTests.text).first?.problem == "this is a scenario, and a file of gates is wanted")
    #expect(mistakes(OpenMessagingTests.driver).first?.problem == "this is a driver file of the OpenMessaging Benchmark, and a file of gates is wanted")
  }

  @Test func `The file that ships holds for the reference results, and breaks where they get worse`() throws {
    let gates = try GateFile(fileAt: "gates/benchmarks").gates
    let results = try ResultReader.contents(of: Self.root + "/results/benchmarks").results
    let same = try Comparison(baseline: results, candidate: results, gates: gates)
    #expect(same.brokenCount == 0, "\(same.text(isStrict: false))")
    #expect(same.heldCount > 100)
    var worse = results
    let place = try #require(results.firstIndex { $0.scenario == "acks" })
    let row = try #require(worse[place].rows.firstIndex { $0.settings.contains(ChosenSetting(key: "acks", value: "all")) })
    worse[place].rows[row].metrics?.latency.publish.p99 = 11
    let broken = try Comparison(baseline: results, candidate: worse, gates: gates)
    #expect(broken.rows.flatMap(\.broken).map(\.gate).contains("safe-and-fast: publish.p99 <= 10ms where scenario=acks acks=all"))
  }

  @Test func `An optional gate passes over rows that never measured its figure, others break there`() throws {
    let results = try ResultReader.contents(of: Self.root + "/results/benchmarks/kreps-2014.json").results
    for (optional, breaks) in [("false", true), ("true", false)] {
      let comparison = try Comparison(baseline: results, candidate: results, gates: gates("gates: { g: { metric: endToEnd.p99, at-most: +1%, optional: \(optional) } }"))
      #expect((comparison.brokenCount > 0) == breaks)
    }
  }

  @Test func `A gate of another scenario or variant finds no row`() throws {
    let results = try ResultReader.contents(of: Self.root + "/results/benchmarks/acks.json").results
    for (rows, count) in [("scenario: acks", 0), ("scenario: batching", 1), ("variant: fixed", 1)] {
      let comparison = try Comparison(baseline: results, candidate: results, gates: gates("gates: { g: { metric: lost, exactly: 0, where: { \(rows) } } }"))
      #expect(comparison.idleGates.count == count)
    }
  }
}
