import Live
import Primitives
import Report
import Trials

/// What requests, records and batches cost this machine: whole small runs on real sockets, and what each thread charged and took in them.
///
/// A cost by itself cannot be measured: how many requests share a system call, what the caches hold and how often a thread sleeps depends on the load.
/// So the load is of the kind that benchmarks make, with sizes between theirs, and the costs are those that explain the processor time of all
/// threads of all runs best.
struct RunWork {
  struct Run {
    /// For the report.
    var name: String
    var rows: [LeastSquares.Row]
  }

  /// In the order of the unknowns.
  static let kinds = ["event", "request", "request byte", "send", "send byte", "record", "batch", "copied byte"]

  /// Nanoseconds, in the order of `kinds`.
  let costs: [Double]
  /// How far the costs are from each thread of each run, as a part of it.
  let errors: [(run: String, client: Double, broker: Double)]

  /// Value size, batch size and what else is changed.
  private static let loads: [(value: Int, batch: Int, load: String, consumers: Bool)] = [
    (300, 32_768, "load: saturating", false), (3_000, 65_536, "load: saturating", false), (100, 8_192, "load: saturating", false),
    (700, 262_144, "load: saturating", false), (2_000, 2_500, "load: saturating", false), (1_500, 24_576, "load: saturating", true),
    (500, 48_000, "rate: 40k/s", true),
  ]

  /// - Parameters:
  ///   - bytes: costs of codecs and checksums, which are not sought here.
  ///   - duration: of each run.
  init(folder: String, bytes: ByteWork, duration: Duration, progress: (String) -> Void) throws {
    var runs: [Run] = []
    for load in Self.loads {
      let name = "\(load.value) B values, \(load.batch) B batches\(load.consumers ? ", a consumer" : "")"
      progress(name)
      var text = """
        name: calibration
        about: A small run.
        cluster: { brokers: 1 }
        topics: [ { name: calibration, partitions: 1, replicas: 1 } ]
        workload:
          - produce: { topic: calibration, \(load.load), value: { size: \(load.value)B, content: json }, config: { acks: 1, batch.size: \(load.batch), linger.ms: 2 } }

        """
      if load.consumers { text += "  - consume: { topic: calibration }\n" }
      text += "duration: \(duration.milliseconds)ms\nmeasure: { warmup: \(duration.milliseconds / 4)ms, window: \(duration.milliseconds / 4)ms }\n"
      var options = LiveRun.Options()
      options.folder = folder
      options.audits = false
      let run = try LiveRun(ScenarioLibrary.scenario(text: text, file: "calibration.yaml"), seed: 1, target: .loopback, options: options)
      _ = try run.result()
      // A thread that hardly worked tells nothing but its noise.
      let rows = run.usage.filter { $0.usage.processor.seconds > $0.time.seconds / 50 }.map { Self.row($0.usage, bytes) }
      runs.append(Run(name: name, rows: rows))
    }
    costs = LeastSquares.costs(runs.flatMap(\.rows), kinds: Self.kinds.count)
    errors = runs.map { [costs] run in
      let errors = run.rows.map { LeastSquares.relativeError(costs, $0) }
      return (run.name, errors.first ?? 0, errors.last ?? 0)
    }
  }

  /// What a thread took for the work whose cost is not known.
  private static func row(_ usage: HostUsage, _ bytes: ByteWork) -> LeastSquares.Row {
    let work = usage.work
    var known = Double(work.checksumBytes) * bytes.checksum.median
    for codec in 1..<WorkTally.codecs {
      known += Double(work.compressedBytes[codec]) * bytes.compress[codec - 1].median
      known += Double(work.decompressedBytes[codec]) * bytes.decompress[codec - 1].median
    }
    return LeastSquares.Row(
      work: [
        work.events, work.requests, work.requestBytes, work.sends, work.sendBytes, work.records, work.batches, work.copiedBytes,
      ].map(Double.init), taken: Double(usage.processor.nanoseconds) - known / 1_000)
  }
}
