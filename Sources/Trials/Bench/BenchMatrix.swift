import Foundation
import Report

/// How far a benchmark is.
public enum BenchProgress {
  /// A search tried a rate.
  case step(row: Int, SearchStep)
  /// A setting is done: so many of all.
  case row(Int, done: Int)
}

/// Runs every setting of a benchmark and puts the rows together in the order of the product, whatever ends first.
public struct BenchMatrix {
  /// Runs one scenario of a plan, with the seed of its request.
  public typealias Runner = (Scenario, BenchPlan) throws -> BenchOutput

  private let plan: BenchPlan

  public init(_ plan: BenchPlan) { self.plan = plan }

  /// Runs all settings, in this process where there is one or `jobs` is 1, and in processes of their own otherwise.
  public func run(jobs: Int, progress: (BenchProgress) -> Void) throws -> BenchOutcome {
    guard jobs > 1, plan.rowCount > 1 else { return try run(with: { try $1.simulate($0) }, progress: progress) }
    var rows: [(BenchRow, [ResultFile])?] = Array(repeating: nil, count: plan.rowCount)
    var failures: [BenchFailure] = []
    var done = 0
    func end(_ row: Int) {
      done += 1
      progress(.row(row, done: done))
    }
    let encoder = JSONEncoder()
    let tasks = try (0..<plan.rowCount).map { String(decoding: try encoder.encode(BenchTask(request: plan.request, row: $0)), as: UTF8.self) }
    try WorkerPool(arguments: ["bench-worker"], jobs: jobs).run(tasks) { index, line in
      switch try JSONDecoder().decode(BenchAnswer.self, from: line) {
      case .step(let step):
        progress(.step(row: index, step))
        return .more
      case .row(var row, let files):
        row.settings = plan.settings(ofRow: index)
        rows[index] = (row, files)
        end(index)
        return .done
      case .refused(let problem):
        failures.append(BenchFailure(settings: plan.settings(ofRow: index), problem: problem, exitCode: .badInput))
        end(index)
        return .done
      }
    } onDeath: { index, _ in
      failures.append(BenchFailure(settings: plan.settings(ofRow: index), problem: "the process that ran it died", exitCode: .internalError))
      end(index)
    }
    return outcome(rows.compactMap { $0 }, failures)
  }

  /// Runs all settings in this process, one after another.
  public func run(with runner: Runner, progress: (BenchProgress) -> Void) throws -> BenchOutcome {
    var rows: [(BenchRow, [ResultFile])] = []
    for row in 0..<plan.rowCount {
      rows.append(try plan.row(row, with: runner) { progress(.step(row: row, $0)) })
      progress(.row(row, done: row + 1))
    }
    return outcome(rows, [])
  }

  private func outcome(_ rows: [(row: BenchRow, files: [ResultFile])], _ failures: [BenchFailure]) -> BenchOutcome {
    let report = BenchReport(
      scenario: plan.scenario.name, about: plan.scenario.about, build: Trial.build, varied: plan.varied, rows: rows.map(\.row),
      replay: plan.request.command)
    return BenchOutcome(report: report, files: rows.map(\.files), failures: failures)
  }
}

/// A setting that gave no result.
public struct BenchFailure: Sendable {
  public var settings: [ChosenSetting]
  public var problem: String
  public var exitCode: ExitCode
}

/// What a benchmark came to: the rows that there are, and what happened to the others.
public struct BenchOutcome: Sendable {
  public var report: BenchReport
  /// The files of each row.
  public var files: [[ResultFile]]
  public var failures: [BenchFailure]

  /// The worst of all rows: an internal error, bad input, a violation, nothing exercised or an invalid run, all as expected.
  public var exitCode: ExitCode {
    let codes = report.rows.map { ExitCode(rawValue: $0.result.exitCode) ?? .internalError } + failures.map(\.exitCode)
    let order: [ExitCode] = [.internalError, .badInput, .notAsExpected, .notExercised]
    return order.first { codes.contains($0) } ?? .asExpected
  }
}

/// One setting of a benchmark, as it is handed to a worker process.
struct BenchTask: Codable {
  var request: BenchRequest
  var row: Int
}

/// A line of a worker's answer.
enum BenchAnswer: Codable {
  case step(SearchStep)
  case row(BenchRow, [ResultFile])
  /// The scenario cannot be run.
  case refused(String)
}

/// Runs the settings that stand on standard input, one a line, and answers each with a line, and one for each step of a search before it.
public enum BenchWorker {
  public static func run() throws {
    var plan: BenchPlan?
    while let line = readLine() {
      let task = try JSONDecoder().decode(BenchTask.self, from: Data(line.utf8))
      do {
        if plan?.request != task.request { plan = try BenchPlan(task.request) }
        let (row, files) = try plan!.row(task.row, with: { try $1.simulate($0) }) { try? answer(.step($0)) }
        try answer(.row(row, files))
      } catch let error as ScenarioError {
        try answer(.refused("\(error)"))
      }
    }
  }

  private static func answer(_ answer: BenchAnswer) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
  }
}
