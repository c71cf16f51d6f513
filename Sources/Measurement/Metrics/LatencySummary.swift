public struct Latencies: Codable, Sendable, Equatable {
  /// From the instant the schedule wanted a record sent to its acknowledgement.
  public var publish: LatencySummary
  /// From the call of `send` to the acknowledgement.
  public var publishFromSend: LatencySummary
  /// From the instant the schedule wanted the record sent to the call of `send`.
  public var publishDelay: LatencySummary
  /// From the instant the schedule wanted the record sent until a consumer received it; one sample for each group.
  public var endToEnd: LatencySummary

  public init(publish: LatencySummary, publishFromSend: LatencySummary, publishDelay: LatencySummary, endToEnd: LatencySummary) {
    self.publish = publish
    self.publishFromSend = publishFromSend
    self.publishDelay = publishDelay
    self.endToEnd = endToEnd
  }
}

/// A distribution in milliseconds. Percentiles are those of an HdrHistogram of three significant digits; count, mean, least and greatest
/// are exact. Everything except `count` is nil if the count is zero.
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
  /// The values by percentile, for the curve: five points each time the distance to 100 halves.
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

  /// An empty distribution.
  public static let empty = LatencySummary(
    count: 0, mean: nil, min: nil, p50: nil, p75: nil, p90: nil, p95: nil, p99: nil, p999: nil, p9999: nil, p99999: nil, max: nil, curve: [])
}

public struct CurvePoint: Codable, Sendable, Equatable {
  public var percentile: Double
  public var milliseconds: Double
  /// The number of samples up to here.
  public var count: Int

  public init(percentile: Double, milliseconds: Double, count: Int) {
    self.percentile = percentile
    self.milliseconds = milliseconds
    self.count = count
  }
}
