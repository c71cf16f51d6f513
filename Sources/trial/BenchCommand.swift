import ArgumentParser
import Bench
import Compare
import Foundation
import Live
import LiveBench
import Measurement
import Report
import Results
import Scenarios
import Trials

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "bench", abstract: "Measure throughput, latency and delivery, for one setting or many.",
    discussion: """
      Runs the scenario once for each combination of the settings given with --vary, or of those that the scenario itself varies. KEY is a Kafka setting \
      (acks, linger.ms, min.insync.replicas, ...), one of partitions, replication.factor, brokers, machine, message.size, rate, clients, consumers, \
      groups, or a path in the scenario such as cluster.brokers. All of them use the same seed or seeds.

        trial bench benchmarks/acks --vary acks=0,1,all --vary linger.ms=0,5

      --save keeps the result under a name, and --compare checks a later one against it:

        trial bench mine.yaml --save main
        trial bench mine.yaml --compare main --gate 'publish.p99 <= +2%'

      Workload files of the OpenMessaging Benchmark run as they are:

        trial bench workload.yaml --driver driver.yaml --duration 60s

      Exit codes: 0 as the scenario expects, 1 a guarantee violated, 2 a gate broke (with --compare), 3 nothing was measured, figures break a law or no \
      rate was found, 64 wrong usage, 65 a bad file.
      """)

  @Argument(help: "A scenario file, the name of one that ships, or a workload file of the OpenMessaging Benchmark.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(name: .customLong("vary"), help: ArgumentHelp("Run with each of these values. Can be given several times.", valueName: "key=v1,v2"))
  var varied: [String] = []

  @Option(help: "The seed for everything random, the same for all settings. [default: 1]", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Run every setting with each of these seeds, both ends included, such as 1..5. Figures are then means, with the lowest and the highest.",
      valueName: "a..b"), transform: SeedRange.init(parsing:))
  var seeds: SeedRange?

  @OptionGroup var scenarioOptions: ScenarioOptions

  @Option(help: ArgumentHelp("A driver file of the OpenMessaging Benchmark.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var driver: String?

  @Option(help: ArgumentHelp("How long to run, such as 10s, instead of what the file says.", valueName: "time"))
  var duration: String?

  @Option(help: ArgumentHelp("Send the lines of this file as values.", valueName: "file"), completion: .file())
  var payloadFile: String?

  @Option(
    help: ArgumentHelp(
      "Search for the highest rate that meets this, such as 'publish.p99 <= 20ms' or 'lost == 0'. Can be given several times.", valueName: "objective"))
  var search: [String] = []

  @Flag(help: "Search for the highest rate that meets the objectives in the scenario.")
  var searchObjectives = false

  @Option(help: "How many processes to run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @Option(help: ArgumentHelp("What to sort the table by.", valueName: "metric"))
  var sort = BenchOrder.settings

  @Flag(help: "Run real sockets and files on this machine, instead of the simulation.")
  var live = false

  @Option(help: ArgumentHelp("Run against an existing Kafka cluster.", valueName: "host:port"))
  var bootstrap: String?

  @Flag(help: "With --bootstrap: run even if the scenario's topics hold records.")
  var reuseTopics = false

  @Option(
    name: .customLong("format"), help: ArgumentHelp("Also write files for other tools to --out. Can be given several times.", valueName: "format"))
  var formats: [ResultFormat] = []

  @Option(help: ArgumentHelp("Also write the table as CSV; - is standard output.", valueName: "file"))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Compare the result with this one, a name that --save gave or a file, as trial compare does.", valueName: "baseline"),
    completion: .file(extensions: ["json"]))
  var compare: String?

  @OptionGroup var gateOptions: GateOptions

  @Option(help: ArgumentHelp("Keep the result as results/NAME.json, unless something is wrong with it. Replaces the one there. See trial baselines.", valueName: "name"))
  var save: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !formats.isEmpty, output.out == nil { throw ValidationError("--format needs a folder for its files: add --out DIR") }
    if csv == "-", output.json { throw ValidationError("--csv - and --json both want standard output: give --csv a file") }
    if compare == nil, !gateOptions.isEmpty { throw ValidationError("gates hold a result against another: add --compare NAME, or use --search for a rate that meets an objective") }
    if let save, let objection = Baselines.objection(to: save) { throw ValidationError("--save: \(objection)") }
    if live, bootstrap != nil { throw ValidationError("--live and --bootstrap exclude each other") }
    if reuseTopics, bootstrap == nil { throw ValidationError("--reuse-topics is about the topics of a cluster that is there: add --bootstrap") }
    if seed != nil, seeds != nil { throw ValidationError("--seed and --seeds exclude each other") }
    if let range = seeds?.range, range.upperBound - range.lowerBound >= Self.mostSeeds {
      throw ValidationError("--seeds \(range.lowerBound)..\(range.upperBound) are too many: \(grouped(Self.mostSeeds)) at most")
    }
    if searchObjectives, !search.isEmpty { throw ValidationError("--search and --search-objectives exclude each other") }
  }

  /// The most seeds: every run of every seed is part of the result.
  private static let mostSeeds: UInt64 = 1_000

  private var chosenSeeds: ClosedRange<UInt64> { seeds?.range ?? (seed ?? 1)...(seed ?? 1) }

  func run() throws {
    let plan: BenchPlan
    do {
      plan = try BenchPlan(request())
    } catch let error as ScenarioError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.badInput)
    }
    let comparison = try compare.map { try BaselineComparison(with: $0, of: plan.scenario.name, gates: gateOptions.gates()) }
    if !output.quiet { for warning in plan.warnings { standardError("warning: \(warning)") } }
    try refuseSilence(of: plan.request.world)
    let measurement = HostMeasurement()
    let progress = BenchProgressLine(plan, isShown: !output.quiet && isatty(STDERR_FILENO) == 1, tellsSteps: plan.isSearch && !output.quiet)
    let outcome = try run(plan) { progress.show($0) }
    progress.clear()
    let compared = try comparison?.compare(outcome.report)
    try show(outcome, compared, measurement)
    let exitCode = outcome.exitCode == .asExpected ? compared?.exitCode(isStrict: false) ?? .asExpected : outcome.exitCode
    if let save { try keep(outcome.report, as: save, exitCode) }
    throw ArgumentParser.ExitCode(exitCode)
  }

  /// What is not as it should be is nothing to hold others against.
  private func keep(_ report: BenchReport, as name: String, _ exitCode: Results.ExitCode) throws {
    guard exitCode == .asExpected else { return standardError("\(Baselines().path(of: name)) is not written: the result is not as it should be") }
    try write(report.json.text, to: name + ".json", in: Baselines().folder)
    if !output.quiet { standardError("kept as \(Baselines().path(of: name)): trial compare \(name) OTHER, trial bench \(scenario) --compare \(name)") }
  }

  /// Fails early if no cluster answers at the given addresses.
  private func refuseSilence(of world: BenchWorld) throws {
    do {
      if case .bootstrap(let addresses) = try world.target() { try ClusterProbe.check(addresses) }
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    } catch let error as ClusterProbe.Silence {
      throw fail(error, .wrongUsage)
    }
  }

  /// Real machines run one setting at a time: in parallel they would slow each other down.
  private func run(_ plan: BenchPlan, progress: (BenchProgress) -> Void) throws -> BenchOutcome {
    do {
      guard let target = try plan.request.world.target() else {
        return try BenchMatrix(plan).run(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, progress: progress)
      }
      return try BenchMatrix(plan).run(
        with: { try runLive($0, seed: $1, target: target, reusingTopics: reuseTopics, formats: formats, driver: $2.driverName) }, progress: progress)
    } catch let error as ScenarioError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.badInput)
    } catch let error as LiveError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.internalError)
    }
  }

  private func request() throws -> BenchRequest {
    var request = BenchRequest(file: try ScenarioLibrary.located(scenario))
    request.driver = driver
    request.variant = scenarioOptions.variant
    request.overrides = scenarioOptions.overrides
    request.varied = try varied.map { try VariedSetting(option: $0) }
    request.seeds = chosenSeeds
    request.duration = duration
    request.payloadFile = payloadFile
    request.objectives = search
    request.searches = searchObjectives
    request.formats = formats
    request.world = bootstrap.map { .cluster(bootstrap: $0) } ?? (live ? .live : .simulation)
    return request
  }

  private func json(of report: BenchReport, _ comparison: Comparison?, _ measurement: HostMeasurement) -> JSON {
    let json = report.json(host: measurement.facts(of: report))
    guard let comparison, case .object(let entries) = json else { return json }
    return .object(entries + [("comparison", comparison.json(isStrict: false))])
  }

  private func writeCSV(_ report: BenchReport, to path: String) throws {
    do throws(OutputError) {
      let file = try TraceFile(path)
      file.append(text: report.csv)
      try file.close()
    } catch {
      throw fail(error, .wrongUsage)
    }
  }

  private func show(_ outcome: BenchOutcome, _ comparison: Comparison?, _ measurement: HostMeasurement) throws {
    let report = outcome.report
    let found = report.rows.flatMap { row in
      row.runs.compactMap { run in run.search.map { [row.name(of: run), $0.text].filter { !$0.isEmpty }.joined(separator: ": ") } }
    }
    func text(width: Int?) -> String { ([report.text(sortedBy: sort, width: width)] + found).joined(separator: "\n") }
    if let out = output.out {
      try write(report.json.text, to: "bench.json", in: out)
      try write(text(width: nil) + "\n", to: "table.txt", in: out)
      if let comparison { try write(comparison.json(isStrict: false).text, to: "compare.json", in: out) }
      for (row, files) in zip(report.rows, outcome.files) {
        for file in files { try write(file.text, to: "\((row.settings.isEmpty ? report.scenario : row.name).fileName).\(file.suffix)", in: out) }
      }
    }
    if let csv { try writeCSV(report, to: csv) }
    if output.json { print(json(of: report, comparison, measurement).text, terminator: "") }
    let tell: (String) -> Void = output.json ? { standardError($0) } : { print($0) }
    let seeds = chosenSeeds.count == 1 ? "seed \(chosenSeeds.lowerBound)" : "seeds \(chosenSeeds.lowerBound)..\(chosenSeeds.upperBound)"
    if !output.quiet { tell("\(report.scenario), \(seeds)\n\(output.fitted(report.about))\n") }
    if !output.json || !output.quiet { tell(output.fitted(text(width: output.width))) }
    if !output.quiet { tell("\nagain: \(report.replay)") }
    if let comparison, !output.json || !output.quiet {
      let text = output.quiet ? comparison.summary : comparison.text(isStrict: false, width: output.width, command: "trial compare --all")
      tell("\nagainst \(compare ?? "")\n\(output.fitted(text))")
    }
    for failure in outcome.failures {
      standardError("error: \(failure.run): \(failure.problem)")
    }
  }
}

extension BenchOrder: ExpressibleByArgument {}
extension ResultFormat: ExpressibleByArgument {}

extension String {
  /// The text without characters that a shell or a file system treats specially.
  fileprivate var fileName: String { String(map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-=".contains($0)) ? $0 : "_" }) }
}

extension HostMeasurement {
  /// The cost of all rows together: this process and its workers.
  fileprivate func facts(of report: BenchReport) -> HostFacts {
    facts(events: report.runs.reduce(0) { $0 + $1.events }, simulatedSeconds: report.runs.reduce(0) { $0 + $1.simulated.seconds })
  }
}
