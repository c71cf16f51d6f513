import ArgumentParser
import Foundation
import Measurement
import Primitives
import Report
import Results
import Scenarios
import Trials

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "explain", abstract: "From a violation to its cause: what led to it, and which faults it needed.",
    discussion: """
      Runs a trial that violates a guarantee, and walks back from the evidence over messages, elections, truncations, decisions and faults to what mattered. Then runs it again without \
      each entry of its schedule, one at a time:

        trial explain swarm/replication --seed 4711
        trial explain hazards/kip-101-truncation-loss --svg why.svg
        trial explain out/result.json -o explained.json && trial report explained.json

      A result that replay --out wrote is run again with the scenario, the seed and the changes that it names.

      Exit codes: 0 explained, or there is no violation, 64 wrong usage, 65 a bad input file, 70 an internal error.
      """)

  @Argument(help: "A scenario file, the name of one that ships, or the result of a trial.", completion: .file(extensions: ["yaml", "json"]))
  var file: String

  @Option(help: "The seed of the trial. [default: 1, or that of the result]", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64?

  @OptionGroup var scenarioOptions: ScenarioOptions

  @Option(name: [.customShort("o"), .customLong("out")], help: ArgumentHelp("Write the result of the trial with the explanation, for trial report.", valueName: "file"), completion: .file(extensions: ["json"]))
  var out: String?

  @Option(help: ArgumentHelp("Write the space-time diagram.", valueName: "file"), completion: .file(extensions: ["svg"]))
  var svg: String?

  @Option(help: ArgumentHelp("Write the explanation as a log with vector clocks for ShiViz.", valueName: "file"), completion: .file(extensions: ["log"]))
  var shiviz: String?

  @Option(help: "Begin no further trial without a fault after this many minutes; 0 begins none.", transform: decimalNumber(in: 0...VerifyCommand.mostMinutes))
  var minutes = 1.0

  @Option(help: "How many processes run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @Flag(help: "Print one JSON object to standard output, everything else to standard error.")
  var json = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    let (scenario, seed, stored) = try subject()
    var options = Trial.Options(seed: seed)
    options.recordsCauses = true
    options.tellsDetails = false
    options.invariants = stored?.replay.hasSuffix(" --check") == true ? .told : .usual
    let trial = Trial(scenario, options: options)
    var result = trial.run()
    if let hash = stored?.traceHash, hash != result.traceHash {
      standardError("warning: \(file) is of another trial: its trace hash is \(stored?.traceText ?? ""), and this one has \(result.traceText ?? ""). The scenario or the program has changed since")
    }
    guard let explainer = Explainer(trial, result) else {
      try store(result)
      if json { print(JSON.object([("explanation", .null), ("replay", .string(result.replay))]).text, terminator: "") }
      tell("\(title(scenario, seed)): no guarantee is violated, so there is nothing to explain")
      return
    }
    if minutes > 0 { try tryWithoutFaults(explainer, result) }
    let explanation = explainer.explanation
    result.explanation = explanation
    try store(result)
    if let shiviz { try store(explanation.shiVizLog, in: shiviz) }
    if let svg { try store(SpaceTimeDiagram(explanation).file, in: svg) }
    if json { print(JSON.object([("explanation", JSON(encoding: explanation)), ("replay", .string(result.replay))]).text, terminator: "") }
    tell(fitted("\(title(scenario, seed))\n\n\(explanation.text)\n\nagain: \(result.replay)"))
    withExtendedLifetime(trial) { Foundation.exit(Results.ExitCode.asExpected.rawValue) }
  }

  private func tryWithoutFaults(_ explainer: Explainer, _ result: RunResult) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-explain-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let line = TerminalLine(isShown: !quiet && isatty(STDERR_FILENO) == 1, delay: 0, interval: 0.2)
    let workers = ScenarioWorkers(folder: folder, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, deadline: Date(timeIntervalSinceNow: minutes * 60)) { done, total in
      line.show { _ in "without each fault: \(done) of \(total) trials" }
    }
    do {
      try explainer.tryWithoutFaults(in: folder) { texts, seed in try workers.run(texts, texts.map { _ in seed }) }
    } catch ExplainError.notRepeated {
      line.clear()
      throw fail("the trial, written down without chance, does not fail as it did. That is an error of this program: please report \(result.replay)", .internalError)
    }
    line.clear()
  }

  /// The scenario as drawn for its seed, and the result that names it.
  private func subject() throws -> (Scenario, UInt64, stored: RunResult?) {
    guard file.hasSuffix(".json") else {
      let seed = seed ?? 1
      return (try scenarioOptions.drawn(scenarioOptions.scenario(at: file), seed: seed), seed, nil)
    }
    guard seed == nil, scenarioOptions.arguments.isEmpty else {
      throw ValidationError("\(file) names its seed, variant and changes itself: leave out --seed, --variant and --set, or name the scenario in its place")
    }
    let stored = try storedTrial(), words = stored.replay.shellWords
    // The command that repeats it says all that a run needs.
    guard words.prefix(2) == ["trial", "replay"], let replay = try? ReplayCommand.parse(Array(words.dropFirst(2))), stored.traceHash != nil else {
      throw fail("\(file): the result does not say how to run its trial again\n  Name the scenario in its place: trial explain SCENARIO --seed \(stored.seed)", .badInput)
    }
    return (try replay.scenarioOptions.drawn(replay.scenarioOptions.scenario(at: replay.scenario), seed: replay.seed), replay.seed, stored)
  }

  private func storedTrial() throws -> RunResult {
    let contents: ResultReader.Contents
    do throws(ResultFileError) {
      contents = try ResultReader.contents(of: file)
    } catch {
      throw fail(error, .badInput)
    }
    guard let trial = contents.results.first?.trial, contents.results.count == 1, contents.sweeps.isEmpty else {
      throw fail("\(file): this is not the result of one trial\n  Name one that replay --out wrote. The result of a sweep has a replay command for each failure: write explain in the place of replay", .badInput)
    }
    return trial
  }

  private func title(_ scenario: Scenario, _ seed: UInt64) -> String { "\(scenario.name)\(scenario.variant.map { " (\($0))" } ?? ""), seed \(seed)" }

  private func store(_ result: RunResult) throws {
    if let out { try store(result.json.text, in: out) }
  }

  private func store(_ text: String, in path: String) throws {
    do {
      try write(text, to: path)
    } catch let error as CocoaError {
      throw fail("\(path) cannot be written: \(error.localizedDescription)", .wrongUsage)
    }
  }

  private func tell(_ text: String) {
    guard !quiet else { return }
    if json { standardError(text) } else { print(text) }
  }

  private func fitted(_ text: String) -> String { wrapped(text, to: TerminalWidth.told) }
}

extension String {
  /// The words of a command as `Scenario.replayCommand` writes them.
  fileprivate var shellWords: [String] {
    var words: [String] = [], word = "", isQuoted = false, isOpen = false
    for character in self {
      switch character {
      case "'":
        isQuoted.toggle()
        isOpen = true
      case " " where !isQuoted:
        if isOpen || !word.isEmpty { words.append(word) }
        (word, isOpen) = ("", false)
      default: word.append(character)
      }
    }
    return isOpen || !word.isEmpty ? words + [word] : words
  }
}
