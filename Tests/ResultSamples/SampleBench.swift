import Measurement
import Primitives
import Results
import Workloads

/// A benchmark as a real one looks, made up by formulas: latencies with tails, throughput with a ceiling, terms that add up.
package enum SampleBench {
  /// Acks, compression, linger and batch size: 36 rows.
  package static let matrix = report(
    "matrix",
    [
      ("acks", ["0", "1", "all"]), ("compression.type", ["none", "lz4", "zstd"]), ("linger.ms", ["0", "5"]), ("batch.size", ["16384", "131072"]),
    ])
  package static let acks = report("acks", [("acks", ["0", "1", "all"])])
  package static let partitions = report("partitions", [("partitions", ["1", "3", "12", "48", "100", "300"]), ("acks", ["1", "all"])])
  package static let fault = report("fault-during-load", [], hasFault: true)

  package static func report(_ scenario: String, _ varied: [(String, [String])], hasFault: Bool = false) -> BenchReport {
    let combinations = varied.reduce([[ChosenSetting]()]) { rows, key in rows.flatMap { row in key.1.map { row + [ChosenSetting(key: key.0, value: $0)] } } }
    let rows = combinations.map { BenchRow(settings: $0, result: result(scenario, $0, hasFault: hasFault)) }
    let front = rows.indices.filter { index in
      !rows.contains { other in
        let (a, b) = (other.result.metrics, rows[index].result.metrics)
        return a.throughput.publish!.recordsPerSecond >= b.throughput.publish!.recordsPerSecond && a.latency.publish.p99! <= b.latency.publish.p99!
          && other.result.delivery.lost <= rows[index].result.delivery.lost && other.settings != rows[index].settings
      }
    }
    let effects = varied.enumerated().map { Effect(keys: [$0.element.0], metric: "publish.p99", size: 4 / Double($0.offset + 1), share: 0.6 / Double($0.offset + 1)) }
    let commands = varied.map { "--vary \($0.0)=\($0.1.joined(separator: ","))" }
    return BenchReport(
      scenario: scenario, about: "A load of 1 KiB records on three brokers; <every> setting & its price.", build: "trial 0.2.0",
      varied: varied.map { VariedSetting(key: $0.0, values: $0.1) }, rows: rows, pareto: front, effects: effects,
      replay: (["trial bench scenarios/benchmarks/\(scenario).yaml"] + commands).joined(separator: " "))
  }

  private static func result(_ scenario: String, _ settings: [ChosenSetting], hasFault: Bool) -> MeasuredRun {
    let value = { (key: String) in settings.first { $0.key == key }?.value }
    let acks = value("acks") ?? "all", codec = value("compression.type") ?? "none"
    let linger = Double(value("linger.ms") ?? "5") ?? 5, batch = Double(value("batch.size") ?? "16384") ?? 16_384
    let partitions = Double(value("partitions") ?? "12") ?? 12

    let cost: Double = codec == "lz4" ? 0.35 : codec == "zstd" ? 0.9 : 0
    let terms: [(LatencyTerm, Double)] = [
      (.schedule, 0.004), (.batch, linger * 0.55 + 0.05), (.inFlight, batch < 20_000 ? 0.6 : 0.1), (.clientCPU, 0.15 + cost), (.networkOut, 0.25 / (1 + cost)),
      (.requestQueue, acks == "0" ? 0 : 0.2 + partitions / 200), (.brokerCPU, acks == "0" ? 0 : 0.12 + cost / 4), (.replication, acks == "all" ? 1.1 : 0),
      (.networkBack, acks == "0" ? 0 : 0.06), (.clientAnswer, acks == "0" ? 0 : 0.03),
    ]
    let consumer: [(LatencyTerm, Double)] = [(.fetchWait, 0.8), (.fetchCPU, 0.1), (.networkToConsumer, 0.2), (.consumer, 0.12)]
    let mean = terms.reduce(0) { $0 + $1.1 }
    var rate = 60_000 - cost * 20_000 + linger * 3_000 + 8_000 * partitions / (partitions + 20)
    if batch > 20_000 { rate += 90_000 }
    rate += acks == "0" ? 60_000 : acks == "1" ? 35_000 : 0
    let publish = summary(mean: mean, tail: acks == "all" ? 1.6 : 1.2)
    let endToEnd = summary(mean: mean + 1.22, tail: 1.5)

    var series = TimeSeries(windowSeconds: 0.25)
    for window in 0..<48 {
      let time = Double(window) * 0.25
      let ripple = 1 + 0.03 * Double((window * 7) % 5 - 2), isHit = hasFault && time >= 5 && time < 7.5
      series.publishRate.append((time < 1 ? time : 1) * rate * ripple * (isHit ? 0.18 : 1))
      series.publishMegabytesPerSecond.append(series.publishRate[window] * 1_024 / 1e6)
      series.errorRate.append(isHit ? rate * 0.02 : 0)
      series.consumeRate.append(series.publishRate[window] * (hasFault && time >= 7.5 && time < 9 ? 1.3 : 0.99))
      series.consumeMegabytesPerSecond.append(series.consumeRate[window] * 1_024 / 1e6)
      series.backlog.append(hasFault && time >= 5 ? max(0, Int(40_000 - (time - 5) * 9_000)) : 300 + window % 7 * 20)
      series.publishP50.append(publish.p50! * ripple * (isHit ? 20 : 1))
      series.publishP99.append(publish.p99! * ripple * (isHit ? 80 : 1))
      series.publishMax.append(publish.max! * ripple * (isHit ? 90 : 1))
      series.endToEndP50.append(endToEnd.p50! * ripple * (isHit ? 20 : 1))
      series.endToEndP99.append(endToEnd.p99! * ripple * (isHit ? 80 : 1))
    }

    var delivery = Delivery()
    delivery.sent = Int(rate * 10)
    delivery.acked = delivery.sent - (hasFault ? 120 : 0)
    delivery.failed = hasFault ? 100 : 0
    delivery.unknown = hasFault ? 20 : 0
    delivery.permittedLoss = acks == "0" && codec == "none" ? 12 : 0
    delivery.lost = delivery.permittedLoss
    let phase = { (factor: Double, slow: Double) in
      Disturbance.Phase(recordsPerSecond: rate * factor, publishP50: publish.p50! * slow, publishP99: publish.p99! * slow, publishMax: publish.max! * slow)
    }
    let disturbances = hasFault
      ? [
        Disturbance(
          fault: "kill leader(t-0)", fromSeconds: 5, toSeconds: 7.5, isExercised: true, before: phase(1, 1), during: phase(0.18, 80), after: phase(1.01, 1.02),
          recoverySeconds: 2.9, lost: 0, duplicated: 3, late: 4_120),
        Disturbance(
          fault: "slow disk of broker-3", fromSeconds: 6, toSeconds: 8.5, isExercised: true, before: phase(1, 1), during: phase(0.3, 40), after: phase(1, 1),
          recoverySeconds: nil, lost: 0, duplicated: 0, late: 12),
        Disturbance(
          fault: "cut broker-1 from broker-2", fromSeconds: 10, toSeconds: nil, isExercised: false, before: phase(1, 1), during: phase(1, 1), after: phase(0, 0),
          recoverySeconds: nil, lost: 0, duplicated: 0, late: 0),
      ] : []
    let metrics = Metrics(
      window: MeasuredWindow(fromSeconds: 2, toSeconds: 12),
      throughput: Throughput(
        offered: RecordRate(recordsPerSecond: rate, bytesPerSecond: rate * 1_024), publish: RecordRate(recordsPerSecond: rate, bytesPerSecond: rate * 1_024),
        errors: RecordRate(recordsPerSecond: hasFault ? 12 : 0, bytesPerSecond: hasFault ? 12_288 : 0), consume: RecordRate(recordsPerSecond: rate, bytesPerSecond: rate * 1_024),
        backlogAtBegin: 300, backlogAtEnd: 320, backlogMaximum: 900),
      latency: Latencies(publish: publish, publishFromSend: publish, publishDelay: summary(mean: 0.01, tail: 1), endToEnd: endToEnd),
      attribution: Attribution(publish: attributed(terms), endToEnd: attributed(terms.filter { $0.0 != .networkBack && $0.0 != .clientAnswer } + consumer)),
      stations: stations(rate: rate, cost: cost), bottleneck: "client produce-1: processor \(Int(50 + cost * 40)) % busy",
      volume: Volume(
        payloadBytes: Int64(rate * 10_240), plainBatchBytes: Int64(rate * 10_600), sentBatchBytes: Int64(rate * 10_600 / (1 + cost * 3)),
        compressionRatio: 1 + cost * 3, recordsPerBatch: batch / 1_060, networkBytes: Int64(rate * 42_000), diskBytes: Int64(rate * 31_800), brokerCPUSeconds: 4.5 + cost,
        clientCPUSeconds: 3.1 + cost * 4),
      series: series, disturbances: disturbances,
      laws: [
        LawCheck(law: .little, examined: 24, holds: true, figures: "broker-1 processor: L 0.412, lambda W 0.412"),
        LawCheck(law: .utilisation, examined: 24, holds: true, figures: "client produce-1 processor: 0.86"),
        LawCheck(law: .conservation, examined: 49, holds: codec != "zstd" || acks != "0", figures: "t-0 at 7.25 s: acknowledged 71 200, consumed 71 000, backlog 200"),
      ])
    let run = RunResult(
      scenario: scenario, variant: nil, seed: 1, build: "trial 0.2.0", machine: "nvme-10g", traceHash: 0xf3a9, events: UInt64(rate) * 30, simulated: .milliseconds(14_500),
      verdicts: [
        Verdict(.lostWrite, examined: delivery.acked, cases: []),
        Verdict(.duplicate, examined: delivery.acked, cases: hasFault ? ["t-0: value 7 stands at offsets 7, 9"] : []),
        Verdict(.replicaDivergence, examined: 0, cases: []),
      ], delivery: delivery, faults: hasFault ? [FaultCount(name: "kill leader(t-0)", planned: 1, hit: 1), FaultCount(name: "cut broker-1 from broker-2", planned: 1, hit: 0)] : [],
      story: [
        StoryLine(time: .zero, who: "trial", what: "the scenario begins", weight: .event),
        StoryLine(time: .seconds(5), who: "fate", what: "broker-1 killed", weight: .fault),
        StoryLine(time: .milliseconds(5_310), who: "controller-1", what: "broker-2 leads t-0 <epoch 2>", weight: .event),
      ],
      replay: "trial bench scenarios/benchmarks/\(scenario).yaml" + settings.map { " --set \($0.key)=\($0.value)" }.joined(), exitCode: hasFault ? .notExercised : .asExpected)
    return MeasuredRun(run, metrics: metrics)
  }

  /// A tail that grows with each nine.
  private static func summary(mean: Double, tail: Double) -> LatencySummary {
    let at = { (percentile: Double) in
      let rarity = 1 / max(1 - percentile / 100, 1e-6)
      var value = mean * 0.82, step = 2.0
      while step <= rarity {
        value *= 1 + 0.11 * tail
        step *= 2
      }
      return value
    }
    var curve: [CurvePoint] = []
    var from = 0.0, distance = 100.0
    while distance > 0.000_2 {
      for tick in 0..<5 {
        let percentile = from + distance / 2 * Double(tick) / 5
        curve.append(CurvePoint(percentile: percentile, milliseconds: at(percentile), count: Int(percentile * 10_000)))
      }
      from += distance / 2
      distance /= 2
    }
    curve.append(CurvePoint(percentile: 100, milliseconds: at(99.9999) * 1.02, count: 1_000_000))
    return LatencySummary(
      count: 1_000_000, mean: mean, min: mean * 0.4, p50: at(50), p75: at(75), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), p9999: at(99.99), p99999: at(99.999),
      max: at(99.9999) * 1.02, curve: curve)
  }

  private static func attributed(_ terms: [(LatencyTerm, Double)]) -> [AttributedLatency] {
    [("mean", 1.0), ("p50", 0.9), ("p90", 1.6), ("p99", 3.1), ("p99.9", 4.6)].map { name, factor in
      let scaled = terms.enumerated().map { TermTime($0.element.0, milliseconds: $0.element.1 * (1 + (factor - 1) * ($0.offset % 3 == 0 ? 1.8 : 0.7))) }
      return AttributedLatency(of: name, records: name == "mean" ? 1_000_000 : 101, milliseconds: scaled.reduce(0) { $0 + $1.milliseconds }, terms: scaled)
    }
  }

  private static func stations(rate: Double, cost: Double) -> [StationMetrics] {
    let nodes = ["broker-1", "broker-2", "broker-3", "produce-1", "consume-1"]
    let kinds: [(StationMetrics.Kind, Double)] = [(.processor, 0.4), (.networkOut, 0.2), (.networkIn, 0.25), (.disk, 0.1)]
    return nodes.enumerated().flatMap { index, node -> [StationMetrics] in
      kinds.filter { index < 3 || $0.0 != .disk }.map { kind, busy -> StationMetrics in
        var utilisation = busy * rate / 160_000
        if kind == .processor, index == 3 { utilisation += 0.3 + cost * 0.2 }
        return StationMetrics(
          node: node, kind: kind, servers: kind == .processor ? 2 : 1, utilisation: min(0.97, utilisation),
          completionsPerSecond: rate / 12, bytesPerSecond: rate * 1_050, meanMilliseconds: 0.21, serviceMilliseconds: 0.08, meanJobs: 0.4)
      }
    }
  }
}
