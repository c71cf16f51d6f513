import ArgumentParser
import Foundation
import Measurement
import Primitives
import Results
import Scenarios
import Trials

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "diff", abstract: "Run a trial twice, side by side, and show the first event that differs.",
    discussion: """
      What differs between both runs is the program, the seed, a setting, the variant or the scenario:

        trial diff mine.yaml --seed 7 --against-binary ../before/trial
        trial diff mine.yaml --seed 7 --against-set cluster.config.replica.lag.time.max.ms=10s
        trial diff mine.yaml --seed 7 --against-seed 8
        trial diff mine.yaml other.yaml --seed 7

      Without any of these the same trial runs twice, which must give the same.

      Exit codes: 0 the runs are the same to the last event, 1 they part, 64 wrong usage, 65 a bad input file.
      """)

  @Argument(help: "A scenario file, or the name of one that ships.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Argument(help: "The scenario of the other run. [default: the same]", completion: .file(extensions: ["yaml"]))
  var against: String?

  @Option(help: "The seed of everything that chance decides.", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The other run is by this program, a trial of another build.", valueName: "path"), completion: .file())
  var againstBinary: String?

  @Option(help: ArgumentHelp("The other run has this seed.", valueName: "seed"), transform: wholeNumber(in: 0...UInt64.max))
  var againstSeed: UInt64?

  @Option(help: ArgumentHelp("The other run has this variant.", valueName: "variant"))
  var againstVariant: String?

  @Option(help: ArgumentHelp("The other run has this value as well. Can be given several times.", valueName: "path=value"))
  var againstSet: [String] = []

  @Option(help: ArgumentHelp("End both scenarios early, such as at 12s.", valueName: "time"))
  var until: String?

  @OptionGroup var scenarioOptions: ScenarioOptions

  @Flag(help: "Print one JSON object to standard output.")
  var json = false

  @Flag(help: "Print nothing but where the runs part, without the events around it.")
  var quiet = false

  func run() throws {
    if let until { _ = try duration(until, option: "--until") }
    let one = TracedRun(scenario: scenario, seed: seed, variant: scenarioOptions.variant, overrides: scenarioOptions.overrides, until: until)
    let other = TracedRun(
      program: againstBinary, scenario: against ?? scenario, seed: againstSeed ?? seed, variant: againstVariant ?? scenarioOptions.variant,
      overrides: scenarioOptions.overrides + againstSet, until: until)
    // Mistakes are told once, before anything runs. What another program reads is its own affair.
    for run in [one, other] where run.program == nil {
      var options = ScenarioOptions()
      (options.variant, options.overrides) = (run.variant, run.overrides)
      _ = try options.drawn(options.scenario(at: run.scenario), seed: run.seed)
    }
    let line = TerminalLine(isShown: !quiet && isatty(STDERR_FILENO) == 1)
    let outcome: RunComparison.Outcome
    do {
      outcome = try TracedRun.compare(one, other) { count in line.show { _ in "the same up to event \(grouped(count))" } }
      line.clear()
    } catch let error as TraceError {
      line.clear()
      throw fail(error, error.exitCode)
    }
    let text = RunDifferenceText(one, other, outcome)
    print(json ? text.json : text.words(isShort: quiet), terminator: "")
    guard case .same = outcome else { throw ArgumentParser.ExitCode(.notAsExpected) }
  }
}

extension TraceError {
  fileprivate var exitCode: Results.ExitCode {
    switch self {
    case .notRun, .noTrace: .wrongUsage
    case .ended(_, let status, _): [.badInput, .wrongUsage].first { status == "\($0.rawValue)" } ?? .internalError
    case .cutOff: .internalError
    }
  }
}

/// How a comparison of two runs is told.
private struct RunDifferenceText {
  private let commands: (String, String)
  private let outcome: RunComparison.Outcome

  init(_ one: TracedRun, _ other: TracedRun, _ outcome: RunComparison.Outcome) {
    commands = (one.command, other.command)
    self.outcome = outcome
  }

  func words(isShort: Bool) -> String {
    let runs = "A: \(commands.0)\nB: \(commands.1)\n"
    switch outcome {
    case .same(let events, let hash):
      return runs + "the same to the last event: \(grouped(events)) events\(hash.map { ", trace hash \($0)" } ?? " in their traces")\n"
    case .unsteady(let after):
      return runs + "different at first, somewhere behind event \(grouped(after)), and the same when both ran again: one of them does something else each time\n"
    case .parted(let parting):
      return runs + place(of: parting) + "\n" + (isShort ? "" : "\n" + events(of: parting))
    }
  }

  private func place(of parting: RunComparison.Parting) -> String {
    guard let event = parting.event else { return "" }
    let story = event.storyTime.map { " (\(seconds($0)) s of the story)" } ?? ""
    return "they part at event \(grouped(event.number)), at \(instant(event)) s\(story): \(parting.components.joined(separator: " and "))"
  }

  private func events(of parting: RunComparison.Parting) -> String {
    // Lines have microseconds.
    let isClose = parting.first.first?.text == parting.second.first?.text
    func lines(_ name: String, _ events: [TracedEvent]) -> [String] {
      guard let first = events.first else { return ["\(name) ends here"] }
      return ["\(name):", "> \(first.text)\(isClose ? ", at \(instant(first)) s" : "")"] + events.dropFirst().map { "  \($0.text)" }
    }
    let before = parting.before.isEmpty ? ["nothing before"] : ["A and B:"] + parting.before.map { "  \($0.text)" }
    return (before + lines("A", parting.first) + lines("B", parting.second)).joined(separator: "\n") + "\n"
  }

  private func seconds(_ time: Duration) -> String { fixed(Double(time.nanoseconds) / 1e9, places: 6) }
  /// In seconds, to the nanosecond where that is known.
  private func instant(_ event: TracedEvent) -> String {
    guard let nanoseconds = event.time?.nanoseconds else { return event.text.split(separator: " ").first.map(String.init) ?? "" }
    return "\(nanoseconds / 1_000_000_000)." + String(String(nanoseconds % 1_000_000_000 + 1_000_000_000).dropFirst())
  }

  var json: String {
    var entries: [(String, JSON)] = [("a", .string(commands.0)), ("b", .string(commands.1))]
    switch outcome {
    case .same(let events, let hash): entries += [("outcome", .string("same")), ("events", .unsigned(events)), ("traceHash", hash.map(JSON.string) ?? .null)]
    case .unsteady(let after): entries += [("outcome", .string("unsteady")), ("after", .unsigned(after))]
    case .parted(let parting):
      func texts(_ events: [TracedEvent]) -> JSON { .array(events.map { .string($0.text) }) }
      entries += [
        ("outcome", .string("parted")), ("event", parting.event.map { .unsigned($0.number) } ?? .null), ("time", parting.event.map { .string(instant($0)) } ?? .null),
        ("storyTime", parting.event?.storyTime.map { .string(seconds($0)) } ?? .null), ("components", .array(parting.components.map(JSON.string))),
        ("before", texts(parting.before)), ("eventsOfA", texts(parting.first)), ("eventsOfB", texts(parting.second)),
      ]
    }
    return JSON.object(entries).text
  }
}
