import Foundation
import Primitives
import Results
import Testing

@testable import Bench
@testable import Trials

/// Benchmarks over several seeds.
@Suite struct BenchSeedTests {
  private let files = TemporaryFiles()

  private func plan(seeds: ClosedRange<UInt64>, formats: [ResultFormat] = [], objectives: [String] = []) throws -> BenchPlan {
    let text = BenchRunTests.text.replacing("duration: 1s", with: "duration: 400ms").replacing("warmup: 200ms", with: "warmup: 100ms").replacing("500/s", with: "300/s")
    var request = BenchRequest(file: try files.write(text, to: "example.yaml"))
    request.varied = [VariedSetting(key: "acks", values: ["1", "all"])]
    request.seeds = seeds
    request.formats = formats
    request.objectives = objectives
    return try BenchPlan(request)
  }

  @Test func `Every setting runs with each seed as it would alone`() throws {
    let report = try BenchMatrix(plan(seeds: 2...4)).run(jobs: 1) { _ in }.report
    #expect(report.rows.map(\.name) == ["acks=1", "acks=all"])
    #expect(report.rows.map { $0.runs.map(\.seed) } == [[2, 3, 4], [2, 3, 4]])
    for (place, seed) in [UInt64(2), 3, 4].enumerated() {
      let alone = try BenchMatrix(plan(seeds: seed...seed)).run(jobs: 1) { _ in }.report
      #expect(alone.rows.map(\.result) == report.rows.map { $0.runs[place] })
      #expect(alone.rows.allSatisfy { !$0.isOverSeeds })
    }
    // Chance is not the same with each of them.
    #expect(Set(report.rows[0].runs.map(\.traceHash)).count == 3)
    #expect(report.replay.hasSuffix("--vary acks=1,all --seeds 2..4"))
    #expect(report.rows[1].runs[2].replay.hasSuffix("--vary acks=all --seed 4"))
  }

  @Test func `A stored report over seeds reads back with all of them`() throws {
    let report = try BenchMatrix(plan(seeds: 1...2)).run(jobs: 1) { _ in }.report
    let read = try JSONDecoder().decode(BenchReport.self, from: Data(report.json.text.utf8))
    #expect(read.rows.map { $0.runs.map(\.traceHash) } == report.rows.map { $0.runs.map(\.traceHash) })
    #expect(read.json.text == report.json.text)
  }

  @Test func `Files of several seeds have the seed in their names`() throws {
    let outcome = try BenchMatrix(plan(seeds: 1...2, formats: [.hgrm])).run(jobs: 1) { _ in }
    #expect(outcome.files.map { $0.map(\.suffix) } == Array(
      repeating: ["seed-1.publish.hgrm", "seed-1.end-to-end.hgrm", "seed-2.publish.hgrm", "seed-2.end-to-end.hgrm"], count: 2))
    #expect(try BenchMatrix(plan(seeds: 1...1, formats: [.hgrm])).run(jobs: 1) { _ in }.files[0].map(\.suffix) == ["publish.hgrm", "end-to-end.hgrm"])
  }

  @Test func `A search finds a rate for each seed`() throws {
    let plan = try plan(seeds: 1...2, objectives: ["publish.p99 <= 1us"])
    var asked: [(UInt64, Double)] = [], once: BenchOutput?
    let report = try BenchMatrix(plan).run(with: { scenario, seed, plan in
      asked.append((seed, scenario.openRate ?? 0))
      var output = once ?? BenchRun(scenario, seed: seed).run(formats: [], driver: "")
      once = output
      // The second seed bears more.
      let bearable = seed == 1 ? 450.0 : 750
      output.run.metrics.throughput.publish?.recordsPerSecond = scenario.openRate ?? 0
      output.run.metrics.latency.publish.p99 = (scenario.openRate ?? 0) <= bearable ? 0.0005 : 5
      return output
    }, progress: { _ in }).report
    let found = report.rows[0].runs.compactMap { $0.search?.recordsPerSecond }
    #expect(found.count == 2)
    #expect(found[0] <= 450 && found[0] > 430)
    #expect(found[1] <= 750 && found[1] > 720)
    #expect(Set(asked.map(\.0)) == [1, 2])
  }

  @Test func `The worst seed decides how a benchmark ends`() throws {
    let outcome = try BenchMatrix(plan(seeds: 1...2)).run(with: { scenario, seed, plan in
      var output = plan.simulate(scenario, seed: seed)
      if seed == 2 { output.run.exitCode = .notAsExpected }
      return output
    }, progress: { _ in })
    #expect(outcome.exitCode == .notAsExpected)
  }
}
