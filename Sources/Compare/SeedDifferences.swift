import Results

/// How a figure differs seed by seed, if both sides ran the same seeds: random effects are then the same on both sides.
public struct SeedDifferences: Sendable, Equatable {
  public var count: Int
  /// The number of seeds on which the candidate has more.
  public var higher: Int
  public var lower: Int
  /// The candidate's value minus the baseline's, in the metric's unit.
  public var least: Double
  public var greatest: Double

  /// nil if there is a single seed, or if the seeds differ.
  static func all(
    _ path: String, _ baseline: [(seed: UInt64, sheet: MetricSheet)], _ candidate: [(seed: UInt64, sheet: MetricSheet)]
  ) -> SeedDifferences? {
    guard baseline.count > 1, baseline.map(\.seed) == candidate.map(\.seed) else { return nil }
    let differences = zip(baseline, candidate).compactMap { old, new -> Double? in
      guard let before = old.sheet[path]?.value.number, let after = new.sheet[path]?.value.number, before.isFinite, after.isFinite else { return nil }
      return after - before
    }
    guard differences.count == baseline.count, let least = differences.min(), let greatest = differences.max() else { return nil }
    return SeedDifferences(
      count: differences.count, higher: differences.count { $0 > 0 }, lower: differences.count { $0 < 0 }, least: least, greatest: greatest)
  }

  /// `higher on 4 of 5 seeds, lower on 1, by -0.10..+1.02`
  public var text: String {
    let ends = "by \([least, greatest].map { $0 == 0 ? "0" : FigureText.signed($0) }.joined(separator: ".."))"
    if lower == 0 { return "higher on \(higher) of \(count) seeds, \(ends)" }
    return higher == 0 ? "lower on \(lower) of \(count) seeds, \(ends)" : "higher on \(higher) of \(count) seeds, lower on \(lower), \(ends)"
  }

  var json: JSON {
    .object([
      ("count", .integer(Int64(count))), ("higher", .integer(Int64(higher))), ("lower", .integer(Int64(lower))), ("least", .number(least)),
      ("greatest", .number(greatest)),
    ])
  }
}
