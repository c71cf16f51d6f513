import ArgumentParser
import Foundation
import Measurement
import Report
import Results
import Scenarios
import Trials

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "verify", abstract: "Run scenarios over many seeds, side by side as processes, and judge them together.",
    discussion: """
      Takes scenario files and names of those that ship, or folders of them. Each failure comes with the command that replays it.

        trial verify smoke --seeds 1..200
        trial verify mine.yaml --seeds 1..10000 --minutes 10
        trial verify swarm --minutes 30

      The last takes seeds from a random one on until the time is up, and says which they were.

      With --bootstrap or --live the workload runs on real sockets and in real time, one run for each seed, and is judged by what clients saw:

        trial verify scenario.yaml --bootstrap kafka-1:9092 --deeds deeds.yaml
        trial verify scenario.yaml --live

      The first carries faults out with commands of yours, the second kills, stops and starts brokers of its own. What was broken is mended in the end, also after Ctrl-C.
      """)

  @Argument(help: "Scenario files, names of scenarios that ship, or folders of either.", completion: .file())
  var scenarios: [String]

  @Option(
    help: ArgumentHelp("The seeds of each scenario, both ends included, such as 1..200. [default: 1..20, and 1 on real machines; with --minutes all from a random one on]", valueName: "a..b"),
    transform: SeedRange.init(parsing:))
  var seeds: SeedRange?

  @Option(help: "How many processes run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @Option(help: ArgumentHelp("Only every N-th trial, beginning with the I-th, such as 1/4: to spread a sweep over machines.", valueName: "i/n"), transform: Shard.init(parsing:))
  var shard: Shard?

  @Option(help: "Start no trial after this many minutes; without --seeds, go on until then.", transform: decimalNumber(in: 0...VerifyCommand.mostMinutes))
  var minutes: Double?

  @Flag(help: "Ask every node after each event whether its state breaks a rule, which is a finding. Without, one trial in twenty is asked.")
  var check = false

  @OptionGroup var historyOptions: HistoryOptions
  @Option(help: ArgumentHelp("Run against a Kafka cluster that is there already, found at these brokers.", valueName: "host:port,..."))
  var bootstrap: String?

  @Option(help: ArgumentHelp("With --bootstrap: the shell command for each word of the schedule, as YAML.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var deeds: String?

  @Flag(help: "Run on brokers of its own, each a process with real sockets and files on this machine.")
  var live = false

  @Flag(help: "With --bootstrap: run even if the scenario's topics hold records and its groups have offsets.")
  var reuseTopics = false

  @OptionGroup var markOptions: MarkOptions
  @OptionGroup var drawnOptions: DrawnOptions
  @OptionGroup var scenarioOptions: ScenarioOptions
  @OptionGroup var output: OutputOptions

  var isReal: Bool { live || bootstrap != nil }

  private var chosenSeeds: ClosedRange<UInt64> { seeds?.range ?? 1...(isReal ? 1 : 20) }

  /// Whether the time alone ends the sweep.
  private var isTimed: Bool { minutes != nil && seeds == nil && !isReal }

  func validate() throws {
    try historyOptions.check()
    if chosenSeeds.upperBound - chosenSeeds.lowerBound >= Self.mostTrials {
      throw ValidationError("--seeds \(chosenSeeds.lowerBound)..\(chosenSeeds.upperBound) are too many: \(grouped(Int64(Self.mostTrials))) at most")
    }
    if live, bootstrap != nil { throw ValidationError("--live and --bootstrap exclude each other") }
    if deeds != nil, bootstrap == nil { throw ValidationError("--deeds is about a cluster that is there: add --bootstrap. With --live brokers are killed, stopped and started without") }
    if reuseTopics, bootstrap == nil { throw ValidationError("--reuse-topics is about the topics of a cluster that is there: add --bootstrap") }
    if isReal {
      let world = live ? "--live" : "--bootstrap"
      if jobs != nil { throw ValidationError("--jobs is for the simulation: with \(world) there is one run at a time") }
      if shard != nil { throw ValidationError("--shard is for the simulation: with \(world) choose --seeds") }
      if !markOptions.isEmpty { throw ValidationError("--marks, --require-marks and --seek are for the simulation: with \(world) nothing counts marks") }
      if drawnOptions.drawn { throw ValidationError("--drawn is for the simulation: with \(world) scenarios are run as they are written for a seed, one at a time") }
      if check { throw ValidationError("--check is for the simulation: with \(world) the state of brokers is not visible") }
    }
  }

  /// A year.
  static let mostMinutes = 525_600.0

  func run() throws {
    let trials = try plannedTrials()
    if let history = historyOptions.history, trials.count != 1 {
      throw fail("--history \(history) holds the history of one trial, and these are \(trials.count): name one scenario and --seeds N..N", .wrongUsage)
    }
    if isReal { return try runOnRealMachines(trials) }
    if isTimed, let first = trials.first?.seed, !output.quiet { standardError("seeds from \(first) on, for \(minutes ?? 0) minutes") }
    let sweep = Sweep(
      trials: trials, seeking: isTimed && !markOptions.seek.isEmpty ? try seeking() : nil, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, workerArguments: workerArguments,
      deadline: minutes.map { Date(timeIntervalSinceNow: $0 * 60) }, replay: replay(seeds: chosenSeeds))
    let progress = ProgressLine(isShown: !output.quiet && isatty(STDERR_FILENO) == 1)
    var summary = try sweep.run { progress.show($0, of: isTimed ? nil : trials.count) }
    // Where marks are sought, some seeds in between were left out.
    if isTimed, let last = sweep.begun.last { summary.replay = replay(seeds: trials[0].seed...last.seed) }
    progress.clear()
    if let out = output.out { try write(summary.json.text, to: "verify.json", in: out) }
    if output.json { print(summary.jsonWithHost.text, terminator: "") }
    let text = output.fitted([summary.text, markOptions.text(of: summary), drawnOptions.text(of: summary)].compactMap { $0 }.joined(separator: "\n"))
    if output.json { if !output.quiet { standardError(text) } } else { print(text) }
    throw ArgumentParser.ExitCode(markOptions.exitCode(of: summary))
  }

  private func seeking() throws -> Sweep.Seeking {
    var known: [String: Scenario] = [:]
    for path in scenarios { for file in try ScenarioLibrary.files(below: path) { known[file] = try scenarioOptions.scenario(at: file, wasChecked: true) } }
    return Sweep.Seeking(markOptions.seek) { trial in (try? known[trial.file]?.drawn(seed: trial.seed))?.choices }
  }

  /// The most trials: each adds a line to the summary.
  private static let mostTrials: UInt64 = 1_000_000

  private var workerArguments: [String] {
    scenarioOptions.arguments + (check ? ["--check"] : []) + (historyOptions.history.map { ["--history", $0] } ?? [])
  }

  /// The command that repeats the sweep, on any number of cores. It also runs the trials that a deadline left out.
  private func replay(seeds: ClosedRange<UInt64>) -> String {
    let words = ["trial", "verify"] + scenarios + ["--seeds", "\(seeds.lowerBound)..\(seeds.upperBound)"] + workerArguments
    return Self.line(words + (shard.map { ["--shard", "\($0.index)/\($0.count)"] } ?? []))
  }

  /// A command line, quoted for a shell.
  static func line(_ words: [String]) -> String { words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ") }

  /// Every scenario with every seed. All scenarios are read first, to report mistakes before anything runs.
  private func plannedTrials() throws -> [PlannedTrial] {
    var trials: [PlannedTrial] = [], named: [String] = []
    for path in scenarios {
      let files: [String]
      do {
        files = try ScenarioLibrary.files(below: path)
      } catch let error as ScenarioError {
        standardError("error: \(error)")
        throw ArgumentParser.ExitCode(.badInput)
      }
      for file in files {
        _ = try scenarioOptions.scenario(at: file)
        named.append(file)
        guard !isTimed else { continue }
        guard UInt64(trials.count + chosenSeeds.count) <= Self.mostTrials else {
          throw fail("--seeds \(chosenSeeds.lowerBound)..\(chosenSeeds.upperBound) of these scenarios are too many trials: \(grouped(Int64(Self.mostTrials))) at most", .wrongUsage)
        }
        trials += chosenSeeds.map { PlannedTrial(file: file, seed: $0) }
      }
    }
    if isTimed { trials = endless(named) }
    guard let shard else { return trials }
    return trials.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
  }
}

extension VerifyCommand {
  /// Every scenario with one seed after the other, from a random one on: as many as a sweep may have.
  private func endless(_ files: [String]) -> [PlannedTrial] {
    guard !files.isEmpty else { return [] }
    let first = UInt64.random(in: 1...999_999_999)
    return (0..<Self.mostTrials / UInt64(files.count)).flatMap { number in files.map { PlannedTrial(file: $0, seed: first + number) } }
  }
}

/// `1/4`: the first of four parts.
struct Shard {
  let index: Int
  let count: Int

  @Sendable init(parsing text: String) throws {
    let parts = text.split(separator: "/").map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, (1...count).contains(index) else {
      throw ValidationError("write which part of how many, such as 1/4 to 4/4")
    }
    self.index = index
    self.count = count
  }
}

/// The progress of a sweep on one line of the terminal.
final class ProgressLine {
  private let line: TerminalLine

  init(isShown: Bool) { line = TerminalLine(isShown: isShown) }

  /// - Parameter total: nil if nobody knows how many there will be.
  func show(_ summary: VerifySummary, of total: Int?) {
    line.show { seconds in
      let speed = summary.simulatedSeconds / seconds
      return "\(summary.trials)\(total.map { " of \($0)" } ?? "") trials, \(grouped(Int64(saturating: summary.simulatedSeconds))) simulated seconds, \(grouped(Int64(saturating: speed))) times real time"
        + (summary.notAsExpected > 0 ? ", \(summary.notAsExpected) not as expected" : "")
    }
  }

  func clear() { line.clear() }
}
