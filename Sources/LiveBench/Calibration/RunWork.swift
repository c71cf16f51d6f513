import Live
import Primitives
import Scenarios
import Trials

/// The cost of requests, records and batches on this machine: from small complete runs on real sockets, with what each thread charged and how long it took.
///
/// A single cost cannot be measured: how many requests share a system call, what the caches hold and how often a thread sleeps depends on the load.
/// So the load is like that of benchmarks, with sizes between theirs, and the costs are those that best explain the processor time of all
/// threads of all runs.
struct RunWork {
  /// In the order of the unknowns.
  static let kinds = ["event", "request", "request byte", "send", "send byte", "record", "batch", "copied byte"]

  /// Nanoseconds, in the order of `kinds`, for the threads of brokers and of clients: reading and writing sockets cost different amounts.
  let broker: [Double]
  let client: [Double]
  /// Picoseconds per uncompressed byte by Kafka's codec number, from the remaining processor time of runs with a codec; 0 if nothing remained to explain.
  let compress: [Double]
  let decompress: [Double]
  /// The relative error of the costs for each thread of each run.
  let errors: [(thread: String, error: Double)]

  /// Size of values and batches, and whether a consumer reads along. The threads never sleep: waking a thread has no cost of its own in the model.
  private static let loads: [(value: Int, batch: Int, isRead: Bool)] = [
    (300, 32_768, false), (3_000, 65_536, false), (100, 8_192, false), (700, 262_144, false), (2_000, 5_000, false), (1_500, 24_576, true), (400, 12_000, false),
    (1_200, 100_000, true), (5_000, 200_000, false),
  ]

  /// - Parameters:
  ///   - bytes: the costs of codecs and checksums, which are known.
  ///   - duration: the duration of each run.
  init(folder: String, bytes: ByteWork, duration: Duration, progress: (String) -> Void) throws {
    var rows: [(thread: String, isClient: Bool, row: LeastSquares.Row)] = []
    for load in Self.loads {
      let name = "\(load.value) B values, \(load.batch) B batches\(load.isRead ? ", read along" : "")"
      progress(name)
      // A thread that hardly worked yields only noise.
      for node in try Self.usage(load, codec: "none", folder, duration) where node.usage.processor.seconds > node.time.seconds / 20 {
        rows.append(("\(name): \(node.node)", node.isClient, Self.row(node.usage, bytes)))
      }
    }
    let broker = LeastSquares.costs(rows.filter { !$0.isClient }.map(\.row), kinds: Self.kinds.count)
    let client = LeastSquares.costs(rows.filter(\.isClient).map(\.row), kinds: Self.kinds.count)
    errors = rows.map { ($0.thread, LeastSquares.relativeError($0.isClient ? client : broker, $0.row)) }
    var compress = [0.0], decompress = [0.0]
    for (codec, name) in ["none", "gzip", "snappy", "lz4", "zstd"].enumerated().dropFirst() {
      progress(name)
      // What remains after the other costs are subtracted; if nothing remains, the cost of the codec alone.
      var left = (compress: bytes.compress[codec - 1].median, decompress: bytes.decompress[codec - 1].median)
      for node in try Self.usage((800, 48_000, false), codec: name, folder, duration) {
        let row = Self.row(node.usage, bytes)
        let rest = (row.taken - zip(node.isClient ? client : broker, row.work).reduce(0) { $0 + $1.0 * $1.1 }) * 1_000
        guard rest > 0 else { continue }
        let work = node.usage.work
        if node.isClient, work.compressedBytes[codec] > 0 { left.compress = rest / Double(work.compressedBytes[codec]) }
        if !node.isClient, work.decompressedBytes[codec] > 0 { left.decompress = rest / Double(work.decompressedBytes[codec]) }
      }
      compress.append(left.compress)
      decompress.append(left.decompress)
    }
    self.broker = broker
    self.client = client
    self.compress = compress
    self.decompress = decompress
  }

  /// What the threads of a run charged, and how long they took.
  private static func usage(_ load: (value: Int, batch: Int, isRead: Bool), codec: String, _ folder: String, _ duration: Duration) throws -> [LiveRun.NodeUsage] {
    var text = """
      name: calibration
      about: A small run.
      cluster: { brokers: 1 }
      topics: [ { name: calibration, partitions: 1, replicas: 1 } ]
      workload:
        - produce: { topic: calibration, load: saturating, value: { size: \(load.value)B, content: json }, config: { acks: 1, batch.size: \(load.batch), linger.ms: 2, compression.type: \(codec) } }

      """
    if load.isRead { text += "  - consume: { topic: calibration }\n" }
    text += "duration: \(duration.milliseconds)ms\nmeasure: { warmup: \(duration.milliseconds / 4)ms, window: \(duration.milliseconds / 4)ms }\n"
    var options = LiveRun.Options()
    options.folder = folder
    options.audits = false
    let run = try LiveRun(ScenarioLibrary.scenario(text: text, file: "calibration.yaml"), seed: 1, target: .loopback, options: options)
    _ = try run.result()
    return run.usage
  }

  /// The processor time that a thread took for work of unknown cost.
  private static func row(_ usage: HostUsage, _ bytes: ByteWork) -> LeastSquares.Row {
    let work = usage.work
    let known = Double(work.checksumBytes) * bytes.checksum.median
    return LeastSquares.Row(
      work: [
        work.events, work.requests, work.requestBytes, work.sends, work.sendBytes, work.records, work.batches, work.copiedBytes,
      ].map(Double.init), taken: Double(usage.processor.nanoseconds) - known / 1_000)
  }
}
