import Foundation
import Results
import Scenarios
import Trials

/// The progress of a benchmark.
public enum BenchProgress {
  /// A search tried a rate.
  case step(run: Int, SearchStep)
  /// The number of finished runs, one for each setting and seed.
  case done(Int)
}

/// Runs every setting of a benchmark with each of its seeds, and combines the rows in the order of the product, whichever run ends first.
public struct BenchMatrix {
  private let plan: BenchPlan

  public init(_ plan: BenchPlan) { self.plan = plan }

  /// Runs all settings, in this process if there is one run or `jobs` is 1, and in separate processes otherwise.
  public func run(jobs: Int, progress: (BenchProgress) -> Void) throws -> BenchOutcome {
    guard jobs > 1, plan.runCount > 1 else { return try run(with: { $2.simulate($0, seed: $1) }, progress: progress) }
    var runs: [BenchOutput?] = Array(repeating: nil, count: plan.runCount)
    var failures: [(run: Int, failure: BenchFailure)] = []
    var done = 0
    func end() {
      done += 1
      progress(.done(done))
    }
    func fail(_ run: Int, _ problem: String, _ exitCode: ExitCode) {
      failures.append((run, BenchFailure(run: plan.runName(run), problem: problem, exitCode: exitCode)))
      end()
    }
    let encoder = JSONEncoder()
    let tasks = try (0..<plan.runCount).map { String(decoding: try encoder.encode(BenchTask(request: plan.request, run: $0)), as: UTF8.self) }
    try WorkerPool(arguments: ["bench-worker"], jobs: jobs).run(tasks) { index, line in
      switch try JSONDecoder().decode(BenchAnswer.self, from: line) {
      case .step(let step):
        progress(.step(run: index, step))
        return .more
      case .run(let output):
        runs[index] = output
        end()
      case .refused(let problem): fail(index, problem, .badInput)
      }
      return .done
    } onDeath: { index, _ in
      fail(index, "the process that ran it died", .internalError)
    }
    return outcome(runs, failures.sorted { $0.run < $1.run }.map(\.failure))
  }

  /// Runs all settings in this process, one after another.
  public func run(with runner: BenchPlan.Runner, progress: (BenchProgress) -> Void) throws -> BenchOutcome {
    var runs: [BenchOutput] = []
    for run in 0..<plan.runCount {
      runs.append(try plan.run(run, with: runner) { progress(.step(run: run, $0)) })
      progress(.done(run + 1))
    }
    return outcome(runs, [])
  }

  /// A row contains all its seeds, or is left out: its mean must not be over fewer seeds than those of the other rows.
  private func outcome(_ runs: [BenchOutput?], _ failures: [BenchFailure]) -> BenchOutcome {
    let seeds = plan.request.seeds.count
    let rows = (0..<plan.rowCount).compactMap { row -> (row: BenchRow, files: [ResultFile])? in
      let own = runs[row * seeds..<(row + 1) * seeds].compactMap { $0 }
      return own.count < seeds ? nil : (BenchRow(settings: plan.settings(ofRow: row), runs: own.map(\.run)), own.flatMap(\.files))
    }
    let report = BenchReport(
      scenario: plan.scenario.name, about: plan.scenario.about, build: Trial.build, inputs: plan.inputs, varied: plan.varied, rows: rows.map(\.row),
      replay: plan.request.command)
    return BenchOutcome(report: report, files: rows.map(\.files), failures: failures)
  }
}

/// A setting that gave no result with one of its seeds.
public struct BenchFailure: Sendable {
  /// `acks=all linger.ms=5`, and the seed if there are several.
  public var run: String
  public var problem: String
  public var exitCode: ExitCode
}

/// The outcome of a benchmark: its rows, and the failures of missing rows.
public struct BenchOutcome: Sendable {
  public var report: BenchReport
  /// The files of each row.
  public var files: [[ResultFile]]
  public var failures: [BenchFailure]

  /// The worst of all runs: an internal error, bad input, a violation, nothing exercised or an invalid run, all as expected. A search that found no rate
  /// has shown nothing, and neither has a benchmark without a run.
  public var exitCode: ExitCode {
    let searches = report.runs.compactMap(\.search).map { $0.recordsPerSecond == nil ? ExitCode.notExercised : .asExpected }
    let codes = report.runs.map(\.exitCode) + failures.map(\.exitCode) + searches
    guard !codes.isEmpty else { return .notExercised }
    let order: [ExitCode] = [.internalError, .badInput, .notAsExpected, .notExercised]
    return order.first { codes.contains($0) } ?? .asExpected
  }
}

/// One setting of a benchmark with one seed, as it is sent to a worker process.
struct BenchTask: Codable {
  var request: BenchRequest
  var run: Int
}

/// A line of a worker's output.
enum BenchAnswer: Codable {
  case step(SearchStep)
  case run(BenchOutput)
  /// The scenario cannot be run.
  case refused(String)
}

/// Reads settings from standard input, one per line, and runs them; answers each with a line, preceded by one for each step of a search.
public enum BenchWorker {
  public static func run() throws {
    WorkerProcess.endWithItsParent()
    var plan: BenchPlan?
    while let line = readLine() {
      let task = try JSONDecoder().decode(BenchTask.self, from: Data(line.utf8))
      do {
        if plan?.request != task.request { plan = try BenchPlan(task.request) }
        try answer(.run(try plan!.run(task.run, with: { $2.simulate($0, seed: $1) }) { try? answer(.step($0)) }))
      } catch let error as ScenarioError {
        try answer(.refused("\(error)"))
      }
    }
  }

  private static func answer(_ answer: BenchAnswer) throws {
    WorkerProcess.answer(try JSONEncoder().encode(answer))
  }
}
