import Results

/// One row on both sides. Rows over several seeds are compared on equally many seeds, if possible on the same ones.
public struct ComparedRow: Sendable, Equatable {
  /// `acks=all linger.ms=5`
  public var name: String
  public var settings: [ChosenSetting]
  /// nil if only the other side has the row; then nothing is compared, and the missing row counts as broken.
  public var baseline: ResultRow?
  public var candidate: ResultRow?
  public var checks: [GateCheck]
  /// The figures that differ, among those that gates or the summary look at.
  public var changes: [MetricChange]
  /// Stations that are busier or idler than before, the largest difference first.
  public var stations: [StationChange]
  /// Other differences between the two runs.
  public var notes: [String]

  init(_ baseline: ResultRow?, _ candidate: ResultRow?, _ gates: [Gate]) {
    self.baseline = baseline
    self.candidate = candidate
    name = (candidate ?? baseline)?.name ?? ""
    settings = (candidate ?? baseline)?.settings ?? []
    checks = []
    changes = []
    stations = []
    notes = []
    guard let wholeBaseline = baseline, let wholeCandidate = candidate else {
      checks = [Self.missing(isInCandidate: candidate != nil)]
      return
    }
    let (baseline, candidate) = wholeBaseline.paired(with: wholeCandidate)
    (self.baseline, self.candidate) = (baseline, candidate)
    let old = MetricSheet(of: baseline), new = MetricSheet(of: candidate)
    checks = gates.filter { $0.concerns(candidate) }.flatMap { $0.checks(candidate: new, baseline: old) }
      .filter { $0.outcome != .notMeasured }
    changes = Self.changes(baseline, candidate, old, new, gated: checks.map(\.metric))
    stations = StationChange.all(baseline.meanStations, candidate.meanStations)
    notes = RunDifferences(baseline, candidate).notes + Self.seedNotes(baseline, candidate, wholeBaseline, wholeCandidate)
  }

  public var broken: [GateCheck] { checks.filter { $0.outcome == .broken } }

  /// Whether both runs are identical down to the last event.
  public var isIdentical: Bool {
    guard let old = baseline?.runs.map(\.traceHash), let new = candidate?.runs.map(\.traceHash) else { return false }
    return !old.contains(nil) && old == new && changes.isEmpty
  }

  /// The bottleneck on both sides, from the first seed on which it moved to another station, appeared or disappeared. A change of
  /// utilisation alone does not count.
  public var bottleneck: (baseline: String, candidate: String)? {
    guard let baseline, let candidate else { return nil }
    for (before, after) in zip(baseline.runs, candidate.runs) {
      guard let old = before.metrics?.bottleneck, let new = after.metrics?.bottleneck else { continue }
      guard Self.withoutPercentages(old) == Self.withoutPercentages(new) else {
        return (old, candidate.otherSeeds.isEmpty ? new : "\(new), on seed \(after.seed)")
      }
    }
    return nil
  }

  private static func withoutPercentages(_ text: String) -> [Substring] {
    let words = text.split(separator: " ")
    return words.indices.filter { index in
      let isNumber = words[index].allSatisfy { $0.isNumber || $0 == "." || $0 == "%" }
      return !(isNumber && (words[index].hasSuffix("%") || index + 1 < words.count && words[index + 1].hasPrefix("%")))
    }.map { words[$0] }
  }

  private static func missing(isInCandidate: Bool) -> GateCheck {
    GateCheck(
      gate: GateCheck.presence, metric: "row", unit: .word, baseline: .word(isInCandidate ? "missing" : "present", rank: nil),
      candidate: .word(isInCandidate ? "present" : "missing", rank: nil), outcome: .broken,
      reason: isInCandidate ? "the baseline does not have this row" : "the candidate does not have this row")
  }

  /// The figures that the summary shows, whatever the gates are.
  private static let headlines =
    ["throughput", "throughput.consume"] + ["publish", "endToEnd"].flatMap { name in ["mean", "p50", "p99", "p99.9"].map { "\(name).\($0)" } } + [
      "publishDelay.p99", "compressionRatio", "recordsPerBatch", "cpu.broker", "cpu.client", "failed", "unknown", "neverSent", "lost", "permittedLoss", "violations",
      "deleted", "duplicated", "reordered",
    ]

  private static func changes(
    _ baseline: ResultRow, _ candidate: ResultRow, _ old: MetricSheet, _ new: MetricSheet, gated: [String]
  ) -> [MetricChange] {
    var paths = headlines
    for path in gated where !paths.contains(path) { paths.append(path) }
    let seeds = { (row: ResultRow) in row.otherSeeds.isEmpty ? [] : row.runs.map { ($0.seed, MetricSheet(of: $0)) } }
    let oldSeeds = seeds(baseline), newSeeds = seeds(candidate)
    return paths.compactMap { path in
      guard let before = old[path], let after = new[path], before.value != after.value else { return nil }
      return MetricChange(
        metric: path, unit: after.unit, better: after.better, baseline: before.value, candidate: after.value,
        terms: TermChange.all(path, baseline.meanAttribution, candidate.meanAttribution), seeds: SeedDifferences.all(path, oldSeeds, newSeeds))
    }
  }

  /// Notes on figures over several seeds; empty if both sides have one seed.
  private static func seedNotes(
    _ baseline: ResultRow, _ candidate: ResultRow, _ wholeBaseline: ResultRow, _ wholeCandidate: ResultRow
  ) -> [String] {
    guard !wholeBaseline.otherSeeds.isEmpty || !wholeCandidate.otherSeeds.isEmpty else { return [] }
    var notes: [String] = []
    let sides = [("baseline", baseline, wholeBaseline), ("candidate", candidate, wholeCandidate)]
    for (side, part, whole) in sides where part.otherSeeds.count < whole.otherSeeds.count {
      notes.append("compared on \(part.otherSeeds.isEmpty ? "seed" : "seeds") \(part.seedsText) of the \(side)'s \(whole.seedsText)")
    }
    guard !baseline.otherSeeds.isEmpty else { return notes }
    let seeds =
      baseline.seedsText == candidate.seedsText
      ? "seeds \(baseline.seedsText), compared seed by seed" : "\(baseline.runs.count) seeds that are not the same"
    return notes + ["figures are means over \(seeds); counts of records and faults are sums, verdicts the worst"]
  }
}
