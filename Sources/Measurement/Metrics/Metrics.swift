/// What a benchmark measured in its window: the part of a result that has numbers instead of verdicts.
///
/// It contains no time of day: the same trial gives the same bytes. Latencies are milliseconds, rates are per second, all others have their
/// unit in their name. One description (`Codable`) serves writing and reading, in the order of the declarations.
public struct Metrics: Codable, Sendable, Equatable {
  public var window: MeasuredWindow
  public var throughput: Throughput
  public var latency: Latencies
  public var attribution: Attribution
  public var stations: [StationMetrics]
  /// The station whose utilisation is nearest to 1, in words; `none: ...` if none is near saturation.
  public var bottleneck: String
  public var volume: Volume
  public var series: TimeSeries
  /// One for each fault that ran during the benchmark.
  public var disturbances: [Disturbance]
  public var laws: [LawCheck]

  public init(
    window: MeasuredWindow, throughput: Throughput, latency: Latencies, attribution: Attribution, stations: [StationMetrics], bottleneck: String,
    volume: Volume, series: TimeSeries, disturbances: [Disturbance], laws: [LawCheck]
  ) {
    self.window = window
    self.throughput = throughput
    self.latency = latency
    self.attribution = attribution
    self.stations = stations
    self.bottleneck = bottleneck
    self.volume = volume
    self.series = series
    self.disturbances = disturbances
    self.laws = laws
  }

  /// Whether the figures agree with each other. A run with contradictory figures is invalid.
  public var isValid: Bool { laws.allSatisfy(\.holds) }

  /// Whether anything was acknowledged or delivered within the window. Otherwise the run has measured nothing.
  public var isMeasured: Bool { [throughput.publish, throughput.consume].contains { ($0?.recordsPerSecond ?? 0) > 0 } }

  /// Whether the producers failed to send what their schedule wanted, except for a thousandth: latencies are then only those of the records that were sent.
  public var isOverloaded: Bool {
    let wanted = (throughput.offered?.recordsPerSecond ?? 0) * window.toSeconds
    return Double(throughput.neverSent ?? 0) > wanted / 1_000
  }
}

/// The window on the scenario's clock; the warm-up comes before it.
public struct MeasuredWindow: Codable, Sendable, Equatable {
  public var fromSeconds: Double
  public var toSeconds: Double
  public var seconds: Double { toSeconds - fromSeconds }

  public init(fromSeconds: Double, toSeconds: Double) {
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
  }
}

/// Bytes and work of the window.
public struct Volume: Codable, Sendable, Equatable {
  /// Keys and values of the acknowledged records.
  public var payloadBytes: Int64
  /// Their batches before and after compression.
  public var plainBatchBytes: Int64
  public var sentBatchBytes: Int64
  /// `plainBatchBytes / sentBatchBytes`; nil, like the next, if no batch was acknowledged.
  public var compressionRatio: Double?
  public var recordsPerBatch: Double?
  /// All frames between nodes, and what was appended to all disks.
  public var networkBytes: Int64
  public var diskBytes: Int64
  /// Modelled or measured work of all brokers, and of all clients.
  public var brokerCPUSeconds: Double
  public var clientCPUSeconds: Double

  public init(
    payloadBytes: Int64, plainBatchBytes: Int64, sentBatchBytes: Int64, compressionRatio: Double?, recordsPerBatch: Double?, networkBytes: Int64,
    diskBytes: Int64, brokerCPUSeconds: Double, clientCPUSeconds: Double
  ) {
    self.payloadBytes = payloadBytes
    self.plainBatchBytes = plainBatchBytes
    self.sentBatchBytes = sentBatchBytes
    self.compressionRatio = compressionRatio
    self.recordsPerBatch = recordsPerBatch
    self.networkBytes = networkBytes
    self.diskBytes = diskBytes
    self.brokerCPUSeconds = brokerCPUSeconds
    self.clientCPUSeconds = clientCPUSeconds
  }
}

/// The whole scenario in windows of equal length, warm-up included. Lists have one element a window.
public struct TimeSeries: Codable, Sendable, Equatable {
  public var windowSeconds: Double
  public var publishRate: [Double] = []
  public var publishMegabytesPerSecond: [Double] = []
  public var errorRate: [Double] = []
  public var consumeRate: [Double] = []
  public var consumeMegabytesPerSecond: [Double] = []
  /// At the end of each window.
  public var backlog: [Int] = []
  /// Milliseconds; nil for a window in which nothing was acknowledged, or delivered.
  public var publishP50: [Double?] = []
  public var publishP99: [Double?] = []
  public var publishMax: [Double?] = []
  public var endToEndP50: [Double?] = []
  public var endToEndP99: [Double?] = []

  public init(windowSeconds: Double) { self.windowSeconds = windowSeconds }
}
