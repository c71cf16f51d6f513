/// What a benchmark measured in its window: the part of a result that has numbers instead of verdicts.
///
/// Times of day do not occur: the same trial gives the same bytes. Latencies are milliseconds, rates are per second, all others have their
/// unit in their name. One description serves writing and reading (`Codable`), in the order of the declarations.
public struct Metrics: Codable, Sendable, Equatable {
  public var window: MeasuredWindow
  public var throughput: Throughput
  public var latency: Latencies
  public var attribution: Attribution
  public var stations: [StationMetrics]
  /// The station whose utilisation is nearest to 1, in words; `none: ...` where nothing is near saturation.
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

  /// Whether the figures agree with each other. A run whose figures do not is invalid.
  public var isValid: Bool { laws.allSatisfy(\.holds) }

  /// Whether anything was acknowledged, or given to a consumer, within the window. A run of which that is not true has measured nothing.
  public var isMeasured: Bool { [throughput.publish, throughput.consume].contains { ($0?.recordsPerSecond ?? 0) > 0 } }

  /// Whether the producers could not send all that their schedule wanted, but for a thousandth: latencies are then those of the records that were sent.
  public var isOverloaded: Bool {
    let wanted = (throughput.offered?.recordsPerSecond ?? 0) * window.toSeconds
    return Double(throughput.neverSent ?? 0) > wanted / 1_000
  }
}

/// On the scenario's clock; the warm-up lies before it.
public struct MeasuredWindow: Codable, Sendable, Equatable {
  public var fromSeconds: Double
  public var toSeconds: Double
  public var seconds: Double { toSeconds - fromSeconds }

  public init(fromSeconds: Double, toSeconds: Double) {
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
  }
}

public struct Throughput: Codable, Sendable, Equatable {
  /// Asked of the producers; nil where they send as fast as they can.
  public var offered: RecordRate?
  /// Acknowledged within the window; nil, as the next two, where the window saw no record at all.
  public var publish: RecordRate?
  /// Failed or without an answer, within the window.
  public var errors: RecordRate?
  /// Given to consumers within the window, all groups together; nil also where there are no consumers.
  public var consume: RecordRate?
  /// Records that a schedule wanted sent within the scenario and that never were, because the producers were behind at its end; nil where there is no
  /// schedule.
  public var neverSent: Int?
  /// Acknowledged records that no consumer had been given yet, times groups.
  public var backlogAtBegin: Int
  public var backlogAtEnd: Int
  public var backlogMaximum: Int

  public init(
    offered: RecordRate?, publish: RecordRate?, errors: RecordRate?, consume: RecordRate?, neverSent: Int? = nil, backlogAtBegin: Int, backlogAtEnd: Int, backlogMaximum: Int
  ) {
    self.offered = offered
    self.publish = publish
    self.errors = errors
    self.consume = consume
    self.neverSent = neverSent
    self.backlogAtBegin = backlogAtBegin
    self.backlogAtEnd = backlogAtEnd
    self.backlogMaximum = backlogMaximum
  }
}

public struct RecordRate: Codable, Sendable, Equatable {
  public var recordsPerSecond: Double
  /// Of keys and values, before compression.
  public var bytesPerSecond: Double

  public init(recordsPerSecond: Double, bytesPerSecond: Double) {
    self.recordsPerSecond = recordsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }
}

public struct Latencies: Codable, Sendable, Equatable {
  /// From the instant the schedule wanted a record sent to its acknowledgement.
  public var publish: LatencySummary
  /// From the call of `send` to the acknowledgement.
  public var publishFromSend: LatencySummary
  /// From the instant the schedule wanted it sent to the call of `send`.
  public var publishDelay: LatencySummary
  /// From the instant the schedule wanted it sent until a consumer was given it; one sample for each group.
  public var endToEnd: LatencySummary

  public init(publish: LatencySummary, publishFromSend: LatencySummary, publishDelay: LatencySummary, endToEnd: LatencySummary) {
    self.publish = publish
    self.publishFromSend = publishFromSend
    self.publishDelay = publishDelay
    self.endToEnd = endToEnd
  }
}

/// A distribution in milliseconds. Percentiles are those of an HdrHistogram of three significant digits; count, mean, least and greatest
/// are exact. All but `count` are nil where that is zero.
public struct LatencySummary: Codable, Sendable, Equatable {
  public var count: Int
  public var mean: Double?
  public var min: Double?
  public var p50: Double?
  public var p75: Double?
  public var p90: Double?
  public var p95: Double?
  public var p99: Double?
  public var p999: Double?
  public var p9999: Double?
  public var p99999: Double?
  public var max: Double?
  /// Value at a percentile, for the curve: five points each time the distance to 100 halves.
  public var curve: [CurvePoint]

  public init(
    count: Int, mean: Double?, min: Double?, p50: Double?, p75: Double?, p90: Double?, p95: Double?, p99: Double?, p999: Double?, p9999: Double?,
    p99999: Double?, max: Double?, curve: [CurvePoint]
  ) {
    self.count = count
    self.mean = mean
    self.min = min
    self.p50 = p50
    self.p75 = p75
    self.p90 = p90
    self.p95 = p95
    self.p99 = p99
    self.p999 = p999
    self.p9999 = p9999
    self.p99999 = p99999
    self.max = max
    self.curve = curve
  }

  /// A distribution of nothing.
  public static let empty = LatencySummary(
    count: 0, mean: nil, min: nil, p50: nil, p75: nil, p90: nil, p95: nil, p99: nil, p999: nil, p9999: nil, p99999: nil, max: nil, curve: [])
}

public struct CurvePoint: Codable, Sendable, Equatable {
  public var percentile: Double
  public var milliseconds: Double
  /// Samples up to here.
  public var count: Int

  public init(percentile: Double, milliseconds: Double, count: Int) {
    self.percentile = percentile
    self.milliseconds = milliseconds
    self.count = count
  }
}

/// Where the time goes: each latency as a sum of terms.
public struct Attribution: Codable, Sendable, Equatable {
  public var publish: [AttributedLatency]
  public var endToEnd: [AttributedLatency]

  public init(publish: [AttributedLatency], endToEnd: [AttributedLatency]) {
    self.publish = publish
    self.endToEnd = endToEnd
  }
}

/// The mean latency, or that of the records around a percentile, term by term. The terms add up to the total.
public struct AttributedLatency: Codable, Sendable, Equatable {
  /// `mean`, `p50`, `p90`, `p99`, `p99.9`.
  public var of: String
  /// How many records it is made of.
  public var records: Int
  public var milliseconds: Double
  public var terms: [TermTime]

  public init(of: String, records: Int, milliseconds: Double, terms: [TermTime]) {
    self.of = of
    self.records = records
    self.milliseconds = milliseconds
    self.terms = terms
  }
}

public struct TermTime: Codable, Sendable, Equatable {
  public var term: LatencyTerm
  public var milliseconds: Double

  public init(_ term: LatencyTerm, milliseconds: Double) {
    self.term = term
    self.milliseconds = milliseconds
  }
}

/// What a record waits for, in the order in which it comes by. Publish latency ends with `clientAnswer`; end-to-end latency
/// leaves out what only the producer waits for, and goes on with the consumer's part.
public enum LatencyTerm: String, Codable, Sendable, CaseIterable {
  /// The schedule wanted it sent, but the application was still busy.
  case schedule
  /// `send` waited for `buffer.memory` or for metadata.
  case buffer
  /// The batch waited for more records: it was not full, and `linger.ms` was not over.
  case batch
  /// The batch was due, but the connection had `max.in.flight.requests.per.connection` requests under way, or none was open yet.
  case inFlight = "in-flight limit"
  /// Attempts before the last one.
  case retries
  /// The client's processor: putting the request together, compressing, and waiting for a core.
  case clientCPU = "client cpu"
  case networkOut = "network out"
  /// The request waited for a core of the broker, or for the former request of its connection.
  case requestQueue = "request queue"
  case brokerCPU = "broker cpu"
  /// The broker waited for its disk: a page cache full of unwritten pages, or a read of what it no longer holds.
  case disk
  /// `flush.messages` asked for a sync first.
  case fsync
  /// Waiting for the in-sync replicas: until the high watermark passed.
  case replication
  case networkBack = "network back"
  /// The response waited for a core of the client.
  case clientAnswer = "client answer"
  /// Visible, but not yet part of a response: no fetch was there, or one waited for more bytes.
  case fetchWait = "fetch wait"
  case fetchCPU = "fetch cpu"
  case networkToConsumer = "network to consumer"
  /// The fetch response waited for a core of the consumer, or for records before it to be taken.
  case consumer
  /// The part of a round trip that cannot be told apart: on real sockets nobody sees inside.
  case roundTrip = "round trip"
}

/// One queueing station: a node's cores, one direction of its network card, or its disk: the way of bytes to and from it, and its work on flushes.
public struct StationMetrics: Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case processor, application, networkOut = "network out", networkIn = "network in", disk, flush = "disk flush"
  }

  public var node: String
  public var kind: Kind
  /// Cores, or flushes side by side.
  public var servers: Int
  /// Of all servers together, 0 to 1.
  public var utilisation: Double
  public var completionsPerSecond: Double
  public var bytesPerSecond: Double
  /// Mean time of one job at the station, waiting and served, and of being served alone; nil where no job was done.
  public var meanMilliseconds: Double?
  public var serviceMilliseconds: Double?
  /// Mean number of jobs at the station.
  public var meanJobs: Double

  public init(
    node: String, kind: Kind, servers: Int, utilisation: Double, completionsPerSecond: Double, bytesPerSecond: Double, meanMilliseconds: Double?,
    serviceMilliseconds: Double?, meanJobs: Double
  ) {
    self.node = node
    self.kind = kind
    self.servers = servers
    self.utilisation = utilisation
    self.completionsPerSecond = completionsPerSecond
    self.bytesPerSecond = bytesPerSecond
    self.meanMilliseconds = meanMilliseconds
    self.serviceMilliseconds = serviceMilliseconds
    self.meanJobs = meanJobs
  }
}

/// Bytes and work of the window.
public struct Volume: Codable, Sendable, Equatable {
  /// Of keys and values of the records acknowledged.
  public var payloadBytes: Int64
  /// Of their batches before and after compression.
  public var plainBatchBytes: Int64
  public var sentBatchBytes: Int64
  /// `plainBatchBytes / sentBatchBytes`; nil, as the next, where no batch was acknowledged.
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
  /// At the window's end.
  public var backlog: [Int] = []
  /// Milliseconds; nil for a window in which nothing was acknowledged, or delivered.
  public var publishP50: [Double?] = []
  public var publishP99: [Double?] = []
  public var publishMax: [Double?] = []
  public var endToEndP50: [Double?] = []
  public var endToEndP99: [Double?] = []

  public init(windowSeconds: Double) { self.windowSeconds = windowSeconds }
}

/// What a fault did to a benchmark that ran through it.
public struct Disturbance: Codable, Sendable, Equatable {
  public struct Phase: Codable, Sendable, Equatable {
    /// nil where the phase took no time.
    public var recordsPerSecond: Double?
    /// nil where none of its records was acknowledged.
    public var publishP50: Double?
    public var publishP99: Double?
    public var publishMax: Double?

    public init(recordsPerSecond: Double?, publishP50: Double?, publishP99: Double?, publishMax: Double?) {
      self.recordsPerSecond = recordsPerSecond
      self.publishP50 = publishP50
      self.publishP99 = publishP99
      self.publishMax = publishMax
    }
  }

  public var fault: String
  public var fromSeconds: Double
  /// nil where nothing ended it within the scenario.
  public var toSeconds: Double?
  /// Whether it had anything to act upon; where not, the rest says nothing.
  public var isExercised: Bool
  public var before: Phase
  public var during: Phase
  public var after: Phase
  /// From its begin until rate and p99 of the windows of the series were back where they had moved before, give or take a tenth, for
  /// good; nil where they never were.
  public var recoverySeconds: Double?
  public var lost: Int
  public var duplicated: Int
  /// Records sent during it whose acknowledgement took longer than that of any record before it.
  public var late: Int

  public init(
    fault: String, fromSeconds: Double, toSeconds: Double?, isExercised: Bool, before: Phase, during: Phase, after: Phase, recoverySeconds: Double?,
    lost: Int, duplicated: Int, late: Int
  ) {
    self.fault = fault
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
    self.isExercised = isExercised
    self.before = before
    self.during = during
    self.after = after
    self.recoverySeconds = recoverySeconds
    self.lost = lost
    self.duplicated = duplicated
    self.late = late
  }
}

/// One law that the figures of a run must obey, whatever the run is about.
public struct LawCheck: Codable, Sendable, Equatable {
  public var law: Law
  public var examined: Int
  public var holds: Bool
  /// The figures of the worst case, in words.
  public var figures: String

  public init(law: Law, examined: Int, holds: Bool, figures: String) {
    self.law = law
    self.examined = examined
    self.holds = holds
    self.figures = figures
  }
}
