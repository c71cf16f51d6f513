/// One figure of a row with the path that gates use: `publish.p99`, `utilisation.broker-1.processor`, `verdict.lost-write`.
public struct Metric: Sendable, Equatable {
  public var path: String
  public var unit: MetricUnit
  public var better: MetricDirection
  public var value: MetricValue
  /// The spread of a mean over several seeds.
  public var spread: SeedSpread?

  public init(_ path: String, _ unit: MetricUnit, _ better: MetricDirection, _ value: MetricValue, spread: SeedSpread? = nil) {
    self.path = path
    self.unit = unit
    self.better = better
    self.value = value
    self.spread = spread
  }
}

/// In which direction a figure gets better, if any.
public enum MetricDirection: Sendable, Equatable { case higher, lower, neither }

public enum MetricValue: Sendable, Equatable {
  /// In the metric's unit. Infinite if something never happened, such as the recovery from a fault.
  case number(Double)
  /// A word; words that can be better or worse than each other have a rank, with 0 as the best.
  case word(String, rank: Int?)

  public var number: Double? { if case .number(let number) = self { number } else { nil } }
}

/// What a figure counts. Bounds of gates may use any matching unit, and are converted to this one.
public enum MetricUnit: String, Sendable, CaseIterable {
  case milliseconds = "ms"
  case seconds = "s"
  case recordsPerSecond = "records/s"
  case bytesPerSecond = "B/s"
  case bytes = "B"
  case count = ""
  /// 0 to 1, shown as a percentage.
  case fraction = "%"
  case ratio = "x"
  case word = "word"

  /// The units that a bound may have, with their sizes in this unit.
  public var suffixes: [(text: String, size: Double)] {
    switch self {
    case .milliseconds: Self.durations.map { ($0.text, $0.seconds * 1_000) }
    case .seconds: Self.durations.map { ($0.text, $0.seconds) }
    case .recordsPerSecond: [("", 1), ("/s", 1), ("k/s", 1e3), ("M/s", 1e6)]
    case .bytesPerSecond: Self.sizes.map { ($0.text + "/s", $0.bytes) }
    case .bytes: Self.sizes.map { ($0.text, $0.bytes) }
    case .count: [("", 1), ("k", 1e3), ("M", 1e6)]
    case .fraction: [("", 1), ("%", 0.01)]
    case .ratio: [("", 1), ("x", 1)]
    case .word: []
    }
  }

  /// An example of a bound, for error messages.
  public var example: String {
    switch self {
    case .milliseconds: "20ms"
    case .seconds: "1.5s"
    case .recordsPerSecond: "200k/s"
    case .bytesPerSecond: "100MB/s"
    case .bytes: "64MiB"
    case .count: "0"
    case .fraction: "90%"
    case .ratio: "2.5"
    case .word: "holds"
    }
  }

  private static let durations: [(text: String, seconds: Double)] = [
    ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("min", 60), ("h", 3_600),
  ]
  private static let sizes: [(text: String, bytes: Double)] = [
    ("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
  ]
}
