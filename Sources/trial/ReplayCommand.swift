import ArgumentParser
import Foundation
import Live
import LiveBench
import Primitives
import Report
import Results
import Scenarios
import Sim
import Trials

/// The formats that `--trace` writes.
enum TraceFormat: String, ExpressibleByArgument, CaseIterable {
  case events, text
}

extension DiskRemains: ExpressibleByArgument {}

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "replay", abstract: "Run one trial, print its story, and judge it.",
    discussion: """
      The same scenario, variant and seed give the same trial, to the last event: compare the trace hashes. Scenarios that ship are named as trial list names them.

        trial replay hazards/kip-101-truncation-loss --variant fixed
        trial replay mine.yaml --seed 7 --set cluster.brokers=5 --story
      """)

  @Argument(help: "A scenario file, or the name of one that ships.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(help: "The seed of everything that chance decides.", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64 = 1

  @OptionGroup var scenarioOptions: ScenarioOptions

  @Option(help: ArgumentHelp("End the scenario early, such as 12s.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Write a line for every event to a file; - is standard output.", valueName: "file"))
  var trace: String?

  @Option(help: ArgumentHelp("The lines of --trace: events, for comparing two runs, or text, for people: every message with its time on the story's clock, sender, receiver and contents.", valueName: "events|text"))
  var traceFormat: TraceFormat = .events

  @Option(help: ArgumentHelp("Write the trial as a scenario without chance: each fault that was drawn is an entry. With the same seed it is the same trial.", valueName: "file"))
  var writeScenario: String?

  @Option(
    help: ArgumentHelp("Write the disks of all brokers and controllers to an empty folder, in Kafka's formats: trial serve starts on them.", valueName: "dir"))
  var disks: String?

  @Option(
    help: ArgumentHelp("Write --disks as they are at an instant of the story, such as 12.5s. [default: at the end, when everything has healed]", valueName: "time"))
  var at: String?

  @Option(
    help: ArgumentHelp(
      "What is there of --disks: all that the page cache holds, as after a kill of all nodes, or what was synced. [default: kill]", valueName: "kill|power-loss"))
  var disksAfter: DiskRemains?

  @OptionGroup var historyOptions: HistoryOptions

  @OptionGroup var timelineOptions: TimelineOptions

  @Flag(help: "Ask every node after each event whether its state breaks a rule, which is a finding. Changes nothing else.")
  var check = false

  @Flag(help: "Count the marks of rare places that the trial passes: in the summary and in the result.")
  var marks = false

  @Flag(help: "Tell the details too: registrations, leaderships, proposals.")
  var story = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    try historyOptions.check()
    try timelineOptions.check()
    if trace == nil, traceFormat == .text { throw ValidationError("--trace-format is about the lines of --trace. Write --trace FILE --trace-format text.") }
    if disks == nil, let option = at != nil ? "--at" : disksAfter != nil ? "--disks-after" : nil {
      throw ValidationError("\(option) is about the disks that are written. Add --disks DIR.")
    }
    if story, output.quiet { throw ValidationError("--story prints more and --quiet prints nothing of the story: give one of them") }
    if writeScenario != nil, until != nil {
      throw ValidationError("--write-scenario writes whole trials, which --until ends early. Write --set duration=\(until ?? "12s") in its place.")
    }
  }

  func run() throws {
    let scenario = try scenarioOptions.drawn(scenarioOptions.scenario(at: scenario), seed: seed)
    var options = Trial.Options(seed: seed)
    options.tellsDetails = story
    options.countsMarks = marks
    if check { options.invariants = .told }
    if let until {
      options.until = try duration(until, option: "--until")
      if let end = options.until, end >= scenario.duration {
        standardError("warning: --until \(until) changes nothing: the scenario ends at \(scenario.duration) by itself")
      }
    }
    let diskFolder = try openDisks(&options)
    let traceFile: TraceFile?
    do {
      traceFile = try trace.map { path in try TraceFile(path) }
    } catch let error as OutputError {
      throw fail(error, .wrongUsage)
    }
    if let traceFile {
      switch traceFormat {
      case .events: options.onTraceLine = { traceFile.append($0) }
      case .text: options.onMessageLine = { traceFile.append($0) }
      }
    }
    let historyFile = try historyOptions.open()
    let timeline = try timelineOptions.open(scenario, seed: seed)
    options.onTimelineEvent = timeline.map { timeline in { timeline.add($0) } }
    let measurement = HostMeasurement(), progress = ReplayProgressLine(isShown: !output.quiet && isatty(STDERR_FILENO) == 1)
    options.onProgress = { progress.show($0) }
    let trial = Trial(scenario, options: options)
    let result = trial.run()
    progress.clear()
    let host = measurement.facts(events: result.events, simulatedSeconds: result.simulated.seconds)
    try show(result, host, scenario)
    if let writeScenario { try writeWithoutChance(trial, to: writeScenario) }
    if let diskFolder { try finish(diskFolder) }
    do throws(OutputError) {
      try historyFile?.write(trial.judgedHistory)
      try traceFile?.close()
      for line in try timeline?.finish() ?? [] where !output.quiet { output.json ? standardError(line) : print(line) }
    } catch {
      throw fail(error, .internalError)
    }
    // Exit with the trial still alive: releasing everything it recorded would be wasted work.
    withExtendedLifetime(trial) { Foundation.exit(result.exitCode.rawValue) }
  }

  /// The folder for the disks; nil where nobody asked for them.
  private func openDisks(_ options: inout Trial.Options) throws -> DiskFolder? {
    guard let disks else { return nil }
    options.disksAt = try at.map { try duration($0, option: "--at") }
    do {
      let folder = try DiskFolder(disks), remains = disksAfter ?? .kill
      options.onDisks = { folder.write($0, after: remains) }
      return folder
    } catch let error as LiveError {
      throw fail(error, .wrongUsage)
    }
  }

  private func finish(_ folder: DiskFolder) throws {
    do {
      guard try folder.finish() else { throw fail("--at \(at ?? ""): the trial is over before. Write an earlier instant, or leave --at out for the end.", .wrongUsage) }
    } catch let error as LiveError {
      throw fail(error, .internalError)
    }
    if !output.quiet { output.json ? standardError(folder.serving) : print(folder.serving) }
  }

  private func writeWithoutChance(_ trial: Trial, to file: String) throws {
    do {
      try write(trial.scenarioWithoutChance(for: file), to: file)
    } catch let error as CocoaError {
      throw fail("\(file): the scenario cannot be written there: \(error.localizedDescription)", .wrongUsage)
    }
  }

  private func show(_ result: RunResult, _ host: HostFacts, _ scenario: Scenario) throws {
    if let out = output.out { try write(result.json.text, to: "result.json", in: out) }
    if output.json { print(result.json(host: host).text, terminator: "") }
    let tell: (String) -> Void = output.json ? { standardError($0) } : { print($0) }
    if !output.quiet {
      tell("\(scenario.name)\(scenario.variant.map { " (\($0))" } ?? ""), seed \(seed)")
      tell(output.fitted(scenario.about))
      tell("")
      tell(StoryPrinter(tellsDetails: story).text(result.story))
      tell("")
    }
    if !output.json || !output.quiet { tell(output.fitted(result.summaryText(width: output.width) + (marks ? "\n" + result.marksText : ""))) }
  }
}
