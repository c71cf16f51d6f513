import ArgumentParser
import Bench
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
      Without --vary, what the scenario itself varies is compared; a scenario that varies nothing is run once. KEY is a setting of Kafka's \
      (acks, linger.ms, min.insync.replicas, ...), one of partitions, replication.factor, brokers, machine, message.size, rate, clients, consumers, \
      groups, or a path of the scenario such as cluster.brokers. All combinations run, with the same seed or seeds:

        trial bench benchmarks/acks --vary acks=0,1,all --vary linger.ms=0,5

      Workload files of the OpenMessaging Benchmark run as they are:

        trial bench workload.yaml --driver driver.yaml --duration 60s

      Exit codes: 0 as the scenario expects, 1 a guarantee violated, 3 nothing was measured, figures break a law or no rate was found, 64 wrong usage, \
      65 a bad file.
      """)

  @Argument(help: "A scenario file, the name of one that ships, or a workload file of the OpenMessaging Benchmark.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(name: .customLong("vary"), help: ArgumentHelp("Run with each of these values. May stand several times.", valueName: "key=v1,v2"))
  var varied: [String] = []

  @Option(help: "The seed of everything that chance decides, the same for all settings. [default: 1]", transform: wholeNumber(in: 0...UInt64.max))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Run every setting with each of these seeds, both ends included, such as 1..5: figures are then means, with the least and the greatest.",
      valueName: "a..b"), transform: SeedRange.init(parsing:))
  var seeds: SeedRange?

  @OptionGroup var scenarioOptions: ScenarioOptions

  @Option(help: ArgumentHelp("A driver file of the OpenMessaging Benchmark.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var driver: String?

  @Option(help: ArgumentHelp("Run for so long instead, such as 10s.", valueName: "time"))
  var duration: String?

  @Option(help: ArgumentHelp("Send the lines of a file.", valueName: "file"), completion: .file())
  var payloadFile: String?

  @Option(
    help: ArgumentHelp(
      "Search for the highest rate that meets this, such as 'publish.p99 <= 20ms' or 'lost == 0'. May stand several times.", valueName: "objective"))
  var search: [String] = []

  @Flag(help: "Search for the highest rate that meets the objectives of the scenario.")
  var searchObjectives = false

  @Option(help: "How many processes run at a time. [default: one for each core]", transform: wholeNumber(in: 1...Int(Int32.max)))
  var jobs: Int?

  @Option(help: ArgumentHelp("Sort the table by a metric, such as throughput, publish.p99 or lost.", valueName: "metric"))
  var sort = BenchOrder.settings

  @Flag(help: "Run on brokers with real sockets and files on this machine, instead of in the simulation.")
  var live = false

  @Option(help: ArgumentHelp("Run against a Kafka cluster that is there already.", valueName: "host:port"))
  var bootstrap: String?

  @Flag(help: "With --bootstrap: also where the scenario's topics hold records.")
  var reuseTopics = false

  @Option(
    name: .customLong("format"), help: ArgumentHelp("Also write files for other tools into --out: \(ResultFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
  var formats: [ResultFormat] = []

  @Option(help: ArgumentHelp("Also write the table as CSV, a line for each setting; - is standard output.", valueName: "file"))
  var csv: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !formats.isEmpty, output.out == nil { throw ValidationError("--format needs a folder for its files: add --out DIR") }
    if csv == "-", output.json { throw ValidationError("--csv - and --json both want standard output: give --csv a file") }
    if live, bootstrap != nil { throw ValidationError("--live and --bootstrap exclude each other") }
    if reuseTopics, bootstrap == nil { throw ValidationError("--reuse-topics is about the topics of a cluster that is there: add --bootstrap") }
    if seed != nil, seeds != nil { throw ValidationError("--seed and --seeds exclude each other") }
    if let range = seeds?.range, range.upperBound - range.lowerBound >= Self.mostSeeds {
      throw ValidationError("--seeds \(range.lowerBound)..\(range.upperBound) are too many: \(grouped(Self.mostSeeds)) at most")
    }
    if searchObjectives, !search.isEmpty { throw ValidationError("--search and --search-objectives exclude each other") }
  }

  /// Every run of every seed is part of the result.
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
    if !output.quiet { for warning in plan.warnings { standardError("warning: \(warning)") } }
    try refuseSilence(of: plan.request.world)
    let measurement = HostMeasurement()
    let progress = BenchProgressLine(plan, isShown: !output.quiet && isatty(STDERR_FILENO) == 1, tellsSteps: plan.isSearch && !output.quiet)
    let outcome = try run(plan) { progress.show($0) }
    progress.clear()
    try show(outcome, measurement)
    throw ArgumentParser.ExitCode(outcome.exitCode)
  }

  /// Nobody waits for a cluster at whose addresses there is none.
  private func refuseSilence(of world: BenchWorld) throws {
    do {
      if case .bootstrap(let addresses) = try world.target() { try ClusterProbe.check(addresses) }
    } catch let error as ScenarioError {
      throw fail(error, .badInput)
    } catch let error as ClusterProbe.Silence {
      throw fail(error, .wrongUsage)
    }
  }

  /// Real machines run one setting at a time: side by side they would slow each other down.
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

  private func writeCSV(_ report: BenchReport, to path: String) throws {
    do throws(OutputError) {
      let file = try TraceFile(path)
      file.append(text: report.csv)
      try file.close()
    } catch {
      throw fail(error, .wrongUsage)
    }
  }

  private func show(_ outcome: BenchOutcome, _ measurement: HostMeasurement) throws {
    let report = outcome.report
    let found = report.rows.flatMap { row in
      row.runs.compactMap { run in run.search.map { [row.name(of: run), $0.text].filter { !$0.isEmpty }.joined(separator: ": ") } }
    }
    let text = ([report.text(sortedBy: sort)] + found).joined(separator: "\n")
    if let out = output.out {
      try write(report.json.text, to: "bench.json", in: out)
      try write(text + "\n", to: "table.txt", in: out)
      for (row, files) in zip(report.rows, outcome.files) {
        for file in files { try write(file.text, to: "\((row.settings.isEmpty ? report.scenario : row.name).fileName).\(file.suffix)", in: out) }
      }
    }
    if let csv { try writeCSV(report, to: csv) }
    if output.json { print(report.json(host: measurement.facts(of: report)).text, terminator: "") }
    let tell: (String) -> Void = output.json ? { standardError($0) } : { print($0) }
    let seeds = chosenSeeds.count == 1 ? "seed \(chosenSeeds.lowerBound)" : "seeds \(chosenSeeds.lowerBound)..\(chosenSeeds.upperBound)"
    if !output.quiet { tell("\(report.scenario), \(seeds)\n\(report.about)\n") }
    if !output.json || !output.quiet { tell(text) }
    if !output.quiet { tell("\nagain: \(report.replay)") }
    for failure in outcome.failures {
      standardError("error: \(failure.run): \(failure.problem)")
    }
  }
}

extension BenchOrder: ExpressibleByArgument {}
extension ResultFormat: ExpressibleByArgument {}

extension String {
  /// Without what a shell or a file system might take for something else.
  fileprivate var fileName: String { String(map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-=".contains($0)) ? $0 : "_" }) }
}

extension HostMeasurement {
  /// What all rows together cost: this process and its workers.
  fileprivate func facts(of report: BenchReport) -> HostFacts {
    facts(events: report.runs.reduce(0) { $0 + $1.events }, simulatedSeconds: report.runs.reduce(0) { $0 + $1.simulated.seconds })
  }
}
