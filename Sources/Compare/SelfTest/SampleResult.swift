import Measurement
import Results
import Workloads

extension BenchReport {
  /// A small result in which everything was measured and nothing is wrong: the self-test uses it if none is given.
  public static let sample = BenchReport(
    scenario: "sample", about: "Two settings of acks.", build: "sample", varied: [VariedSetting(key: "acks", values: ["1", "all"])],
    rows: [sampleRow(acks: "1", throughput: 200_000, milliseconds: 2), sampleRow(acks: "all", throughput: 180_000, milliseconds: 4)], pareto: [0, 1],
    effects: [], replay: "trial bench sample.yaml --vary acks=1,all")

  private static func sampleRow(acks: String, throughput: Double, milliseconds: Double) -> BenchRow {
    var delivery = Delivery()
    delivery.sent = 10_000
    delivery.acked = 10_000
    let run = RunResult(
      scenario: "sample", variant: nil, seed: 1, build: "sample", machine: "nvme-10g", traceHash: nil, events: 100_000, simulated: .seconds(10),
      verdicts: Guarantee.allCases.map { Verdict($0, examined: 10_000, cases: []) }, delivery: delivery,
      faults: [], story: [], replay: "trial bench sample.yaml --set acks=\(acks)",
      exitCode: .asExpected)
    return BenchRow(settings: [ChosenSetting(key: "acks", value: acks)], result: MeasuredRun(run, metrics: sampleMetrics(throughput: throughput, milliseconds: milliseconds)))
  }

  private static func sampleMetrics(throughput: Double, milliseconds: Double) -> Metrics {
    let rate = RecordRate(recordsPerSecond: throughput, bytesPerSecond: throughput * 1_000)
    func attributed(_ of: String, _ total: Double) -> AttributedLatency {
      AttributedLatency(
        of: of, records: 100, milliseconds: total,
        terms: [TermTime(.batch, milliseconds: total / 4), TermTime(.replication, milliseconds: total * 3 / 4)])
    }
    return Metrics(
      window: MeasuredWindow(fromSeconds: 2, toSeconds: 10),
      throughput: Throughput(
        offered: rate, publish: rate, errors: RecordRate(recordsPerSecond: 0, bytesPerSecond: 0), consume: rate, backlogAtBegin: 0, backlogAtEnd: 0,
        backlogMaximum: 100),
      latency: Latencies(
        publish: sampleLatency(milliseconds), publishFromSend: sampleLatency(milliseconds), publishDelay: sampleLatency(0.01),
        endToEnd: sampleLatency(milliseconds * 1.5)),
      attribution: Attribution(publish: [attributed("mean", milliseconds), attributed("p99", milliseconds * 2.5)], endToEnd: []),
      stations: [
        StationMetrics(
          node: "broker-1", kind: .processor, servers: 8, utilisation: 0.4, completionsPerSecond: 20_000, bytesPerSecond: 0, meanMilliseconds: 0.2,
          serviceMilliseconds: 0.16, meanJobs: 4)
      ], bottleneck: "none: busiest is broker-1 processor, 40 %",
      volume: Volume(
        payloadBytes: 10_000_000, plainBatchBytes: 10_400_000, sentBatchBytes: 5_200_000, compressionRatio: 2, recordsPerBatch: 16, networkBytes: 40_000_000,
        diskBytes: 16_000_000, brokerCPUSeconds: 4, clientCPUSeconds: 2), series: TimeSeries(windowSeconds: 1), disturbances: [],
      laws: [LawCheck(law: .little, examined: 12, holds: true, figures: ""), LawCheck(law: .conservation, examined: 12, holds: true, figures: "")])
  }

  private static func sampleLatency(_ mean: Double) -> LatencySummary {
    LatencySummary(
      count: 10_000, mean: mean, min: mean / 2, p50: mean, p75: mean * 1.2, p90: mean * 1.5, p95: mean * 1.8, p99: mean * 2.5, p999: mean * 4,
      p9999: mean * 5, p99999: mean * 6, max: mean * 7, curve: [])
  }
}
