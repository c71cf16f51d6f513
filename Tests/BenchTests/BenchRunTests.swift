import Foundation
import Measurement
import Primitives
import Results
import Testing
import Workloads

@testable import Bench
@testable import Scenarios
@testable import Trials

/// Benchmarks from end to end in the simulation.
@Suite struct BenchRunTests {
  static let text = """
    name: example
    about: An example.
    cluster:
      config: { min.insync.replicas: 2 }
    topics:
      - { name: t, partitions: 2, replicas: 3 }
    workload:
      - produce: { topic: t, rate: 500/s, value: 200B, config: { acks: all, linger.ms: 5 } }
      - consume: { topic: t, groups: 2 }
    duration: 1s
    measure: { warmup: 200ms, window: 100ms }
    """

  let files = TemporaryFiles()

  func outcome(_ varied: String..., text: String = Self.text) throws -> BenchOutcome {
    var request = BenchRequest(file: try files.write(text, to: "example.yaml"))
    request.varied = try varied.map { try VariedSetting(option: $0) }
    return try BenchMatrix(BenchPlan(request)).run(jobs: 1) { _ in }
  }

  func scenario(_ text: String = Self.text, overrides: [String] = []) throws -> Scenario {
    try ScenarioReader.read(text: text, file: "example.yaml", overrides: overrides)
  }

  @Test func `A small benchmark measures its load, loses nothing and obeys the laws`() throws {
    let outcome = try outcome("acks=0,1,all")
    #expect(outcome.exitCode == .asExpected)
    #expect(outcome.report.rows.map(\.name) == ["acks=0", "acks=1", "acks=all"])
    for result in outcome.report.rows.map(\.result) {
      let metrics = result.metrics
      #expect(metrics.laws.filter { !$0.holds } == [])
      #expect(metrics.laws.contains { $0.law == .little && $0.examined > 0 })
      #expect(result.delivery.sent == 500 && result.delivery.acked == 500 && result.delivery.lost == 0)
      #expect(abs(metrics.throughput.publish!.recordsPerSecond - 500) <= 20)
      #expect(metrics.latency.publish.count == 400)
      #expect(metrics.latency.endToEnd.count == 800)
      #expect(result.verdicts.allSatisfy { $0.conclusion != .violated })
      #expect(metrics.stations.contains { $0.node == "broker-1" && $0.kind == .processor && $0.utilisation > 0 })
    }
    let latencies = outcome.report.rows.map { $0.result.metrics.latency.publish.mean! }
    #expect(latencies[0] < latencies[1] && latencies[1] < latencies[2])
  }

  @Test func `A producer that starts after the warm-up has its application among the stations`() throws {
    let late = Self.text.replacingOccurrences(of: "rate: 500/s,", with: "rate: 500/s, from: 500ms,")
    let metrics = try BenchRun(scenario(late), seed: 1).result().metrics
    #expect(metrics.stations.contains { $0.kind == .application && $0.utilisation > 0 && $0.utilisation < 1 })
    #expect(metrics.laws.filter { !$0.holds } == [])
  }

  @Test func `The terms of each latency add up to it`() throws {
    let metrics = try BenchRun(scenario(), seed: 3).result().metrics
    let attributed = metrics.attribution.publish + metrics.attribution.endToEnd
    #expect(metrics.attribution.publish.map(\.of) == ["mean", "p50", "p90", "p99", "p99.9"])
    for latency in attributed {
      #expect(abs(latency.terms.reduce(0) { $0 + $1.milliseconds } - latency.milliseconds) < 0.000_01)
    }
    #expect(abs(metrics.attribution.publish[0].milliseconds - metrics.latency.publish.mean!) < 0.000_01)
    // Nothing is left that cannot be told apart.
    #expect(attributed.allSatisfy { $0.terms.first { $0.term == .roundTrip }.map { $0.milliseconds == 0 } ?? true })
  }

  @Test func `The same benchmark gives the same bytes`() throws {
    #expect(try outcome("acks=1,all").report.json.text == outcome("acks=1,all").report.json.text)
  }

  @Test func `Measuring does not change what happens`() throws {
    let measured = try BenchRun(scenario(), seed: 5).result()
    let plain = try Trial(scenario(), options: Trial.Options(seed: 5)).run()
    #expect(measured.traceHash == plain.traceHash)
  }

  @Test func `A stored report reads back`() throws {
    let report = try outcome("acks=1,all").report
    let read = try JSONDecoder().decode(BenchReport.self, from: Data(report.json.text.utf8))
    #expect(read.json.text == report.json.text)
  }

  @Test func `A broken law makes a run invalid`() throws {
    var options = Trial.Options(seed: 1)
    options.measures = true
    let trial = try Trial(scenario(), options: options)
    let result = trial.run()
    var input = trial.measurement(of: result)
    let processor = try #require(input.stations.firstIndex { $0.completions > 0 })
    input.stations[processor].residence *= 2
    let doctored = MeasuredRun(result, metrics: Metrics(input), on: "nvme-10g")
    #expect(doctored.exitCode == .notExercised)
    #expect(doctored.metrics.laws.contains { $0.law == .little && !$0.holds })
  }

  @Test func `A benchmark with members of a group reports the group's figures`() throws {
    let text = Self.text.replacing("groups: 2", with: "group: g, members: 2").replacing("replicas: 2 }", with: "replicas: 2, offsets.topic.num.partitions: 2 }")
    let run = try BenchRun(scenario(text), seed: 1).result()
    #expect(text != Self.text && run.groups?.groups.map(\.group) == ["g"])
    #expect(try BenchRun(scenario(), seed: 1).result().groups == nil)
  }

  @Test func `A fault that never takes effect is not exercised`() throws {
    let result = try BenchRun(scenario(Self.text + "\nfaults: [{ at: 500ms, drop: { api: InitProducerId } }]"), seed: 1).result()
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A load without acknowledgements has shown nothing`() throws {
    let result = try BenchRun(scenario(overrides: ["workload[0].produce={ topic: t, load: { steps: [{ rate: 0/s }] } }"]), seed: 1).result()
    #expect(result.delivery.acked == 0)
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A load that ends in the warm-up has measured nothing`() throws {
    let short = "workload: [{ produce: { topic: t, rate: 1k/s, records: 1, value: 200B } }, { consume: { topic: t } }]"
    let result = try BenchRun(scenario(overrides: [short.replacing(": [", with: "=[", maxReplacements: 1)]), seed: 1).result()
    #expect(result.delivery.acked == 1)
    #expect(result.metrics.throughput.publish == nil && result.metrics.latency.publish.p99 == nil)
    #expect(result.exitCode == .notExercised)
  }

  @Test func `A fixed number of records is measured from the first to the response to the last, without a warm-up`() throws {
    let text = Self.text.replacing("rate: 500/s,", with: "load: saturating, records: 2000,").replacing("measure: { warmup: 200ms, window: 100ms }", with: "")
    let result = try BenchRun(scenario(text), seed: 1).result(), metrics = result.metrics
    #expect(result.delivery.acked == 2_000)
    #expect(metrics.latency.publish.count == 2_000)
    #expect(metrics.window.fromSeconds == 0 && metrics.window.toSeconds < 0.5)
    let rate = try #require(metrics.throughput.publish?.recordsPerSecond)
    #expect(abs(rate * metrics.window.seconds - 2_000) < 0.01)
    #expect(metrics.laws.filter { !$0.holds } == [])
    #expect(result.exitCode == .asExpected)
  }

  @Test func `An overloaded run reports what was due and never sent`() throws {
    let text = Self.text.replacing("rate: 500/s", with: "rate: 2M/s").replacing("cluster:", with: "cluster:\n  machine: kreps-2014")
      .replacing("duration: 1s", with: "duration: 30ms").replacing("warmup: 200ms, window: 100ms", with: "warmup: 10ms, window: 10ms")
    let result = try BenchRun(scenario(text), seed: 1).result(), throughput = result.metrics.throughput
    #expect(throughput.offered?.recordsPerSecond == 2_000_000)
    let neverSent = try #require(throughput.neverSent)
    #expect(neverSent + result.delivery.sent == 60_000)
    #expect(neverSent > 0)
    #expect(result.metrics.isOverloaded)
    #expect(result.metrics.laws.filter { !$0.holds } == [])
  }

  @Test func `No more is published than the cards can carry, because sockets push back on a client that waits for no response`() throws {
    let text = """
      name: flood
      about: acks=0 through cards of a gigabit.
      cluster: { brokers: 1, machine: kreps-2014 }
      topics: [{ name: t, partitions: 3, replicas: 1 }]
      workload: [{ produce: { topic: t, load: saturating, value: 4KiB, config: { acks: 0, linger.ms: 5, batch.size: 131072 } } }]
      duration: 200ms
      measure: { warmup: 100ms, window: 50ms }
      """
    let result = try BenchRun(scenario(text), seed: 1).result(), metrics = result.metrics
    // A card of 125 MB/s, headers included.
    let rate = try #require(metrics.throughput.publish?.bytesPerSecond)
    #expect(rate > 100e6 && rate <= 125e6)
    #expect(metrics.laws.filter { !$0.holds } == [])
    #expect(metrics.laws.contains { $0.law == .sizing })
    #expect(result.exitCode == .asExpected)
  }

  @Test func `Batches that expire before they are sent break no law`() throws {
    let text = """
      name: expiry
      about: Batches expire in the accumulator.
      cluster: { brokers: 3, machine: kreps-2014 }
      topics: [{ name: t, partitions: 3, replicas: 3 }]
      workload:
        - produce: { topic: t, load: saturating, value: 10KiB, config: { delivery.timeout.ms: 60, request.timeout.ms: 40, linger.ms: 0 } }
      duration: 200ms
      measure: { warmup: 100ms, window: 50ms }
      """
    let result = try BenchRun(scenario(text), seed: 1).result()
    #expect(result.delivery.failed > 0)
    #expect(result.metrics.laws.filter { !$0.holds } == [])
  }

  @Test func `A search that finds no rate has shown nothing`() throws {
    var request = BenchRequest(file: try files.write(Self.text.replacing("duration: 1s", with: "duration: 250ms"), to: "example.yaml"))
    request.objectives = ["publish.p99 <= 0ms"]
    let outcome = try BenchMatrix(BenchPlan(request)).run(jobs: 1) { _ in }
    #expect(outcome.report.rows[0].result.search?.recordsPerSecond == nil)
    #expect(outcome.exitCode == .notExercised)
  }

  @Test func `A report says what was run`() throws {
    let inputs = try outcome().report.inputs
    #expect(inputs.files.map(\.role) == ["scenario"])
    #expect(inputs.files[0].crc32c.count == 8)
    let changed = try outcome(text: Self.text + "\n# another").report.inputs
    #expect(changed.files != inputs.files)
  }

  @Test(arguments: [
    ("measure.window=2us", "measure.window: a window of this length is not possible", "Write a time from 1ms to the scenario's duration, 1s."),
    ("measure.window=2s", "measure.window: a window of this length is not possible", "Write a time from 1ms to the scenario's duration, 1s."),
  ]) func `A series has a bounded number of windows`(override: String, problem: String, remedy: String) throws {
    let error = #expect(throws: ScenarioError.self) { try scenario(overrides: [override]) }
    #expect(error?.problem == problem)
    #expect(error?.remedy == remedy)
  }

  @Test func `More runs than a result can hold are refused before any of them is planned`() throws {
    var request = BenchRequest(file: try files.write(Self.text, to: "example.yaml"))
    request.varied = (0..<5).map { VariedSetting(key: "cluster.config.k\($0)", values: (0..<10_000).map(String.init)) }
    let error = #expect(throws: ScenarioError.self) { try BenchPlan(request) }
    #expect(error?.problem.hasPrefix("more than 9 quintillion settings are too many runs") == true)
    request.varied = []
    request.seeds = 0 ... .max
    #expect(throws: ScenarioError.self) { try BenchPlan(request) }
  }

  @Test func `A schedule of more records than a run can hold is refused`() throws {
    let file = try files.write(Self.text, to: "example.yaml")
    var request = BenchRequest(file: file)
    request.overrides = ["workload[0].produce.rate=100M/s", "duration=100s"]
    let error = #expect(throws: ScenarioError.self) { try BenchPlan(request) }
    #expect(error?.problem == "workload: 10000000000 records in all are too many")
  }

  @Test func `A disturbance lasts from the start of its fault to its end`() throws {
    let text = Self.text.replacing("duration: 1s", with: "duration: 4s") + "\nfaults: [{ at: 1s, to: 1500ms, pause: 1 }]"
    let disturbance = try #require(try BenchRun(scenario(text), seed: 1).result().metrics.disturbances.first)
    #expect(disturbance.fault == "pause" && disturbance.isExercised)
    #expect(disturbance.fromSeconds == 1 && disturbance.toSeconds == 1.5)
    #expect(disturbance.during.publishMax! > 400)
  }

  @Test func `A kill ends with the restart of its node`() throws {
    let text = Self.text.replacing("duration: 1s", with: "duration: 3s") + "\nfaults: [{ at: 1s, kill: 1 }, { at: 2s, restart: 1 }]"
    let disturbances = try BenchRun(scenario(text), seed: 1).result().metrics.disturbances
    #expect(disturbances.map(\.fault) == ["kill"])
    #expect(disturbances.first?.toSeconds == 2)
  }

  @Test func `Entries that read the same topic are separate groups`() throws {
    let text = Self.text.replacing("  - consume: { topic: t, groups: 2 }", with: "  - consume: { topic: t }\n  - consume: { topic: t, groups: 2 }")
    let scenario = try scenario(text)
    #expect(scenario.firstGroups == [0, 0, 1])
    #expect(scenario.groupCount == 3)
    #expect(BenchRun(scenario, seed: 1).result().metrics.latency.endToEnd.count == 1_200)
  }
}
