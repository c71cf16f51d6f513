import Measurement
import Primitives
import Report
import Results
import Trials
import Workloads

/// The formats of files for other tools, one or two files for each setting.
public enum ResultFormat: String, CaseIterable, Codable, Sendable {
  /// The result file of the OpenMessaging Benchmark.
  case omb
  /// The output format of kafka-producer-perf-test and kafka-consumer-perf-test.
  case perfTest = "perf-test"
  /// Percentiles of publish and end-to-end latency, in the format of HdrHistogram's plotter.
  case hgrm

  /// The files of one run.
  func files(_ run: MeasuredRun, _ scenario: Scenario, driver: String, _ input: MeasurementInput) -> [ResultFile] {
    switch self {
    case .omb: [ResultFile(suffix: "omb.json", text: OpenMessagingResult(run, of: .init(scenario, driver: driver, input), input).json.text)]
    case .perfTest:
      [ResultFile(suffix: "producer-perf-test.txt", text: PerformanceToolLines.producer(input))]
        + (scenario.groupCount > 0 ? [ResultFile(suffix: "consumer-perf-test.txt", text: PerformanceToolLines.consumer(input))] : [])
    case .hgrm:
      [ResultFile(suffix: "publish.hgrm", text: PercentileDistribution.publish(input))]
        + (scenario.groupCount > 0 ? [ResultFile(suffix: "end-to-end.hgrm", text: PercentileDistribution.endToEnd(input))] : [])
    }
  }
}

/// A file of one setting; the setting's name is inserted before the suffix.
public struct ResultFile: Codable, Sendable {
  public var suffix: String
  public var text: String

  public init(suffix: String, text: String) {
    self.suffix = suffix
    self.text = text
  }
}

extension OpenMessagingResult.Load {
  init(_ scenario: Scenario, driver: String, _ input: MeasurementInput) {
    let producers = scenario.workload.filter { $0.groupCount == 0 }, consumers = scenario.workload.filter { $0.groupCount > 0 }
    func perTopic(_ plans: [WorkloadPlan]) -> Int { plans.reduce(0) { $0 + $1.processCount * $1.topics.count } / scenario.topics.count }
    let bytes = input.log.records.reduce(0) { $0 + Int($1.bytes) }
    self.init(
      workload: scenario.name, driver: driver, messageSize: bytes / max(1, input.log.records.count), topics: scenario.topics.count, partitions: scenario.topics[0].partitionCount,
      producersPerTopic: perTopic(producers), consumersPerTopic: perTopic(consumers))
  }
}
