import Results

/// One line of the table of a comparison: a figure that moved, or that broke a gate as it is.
public struct ShownChange {
  public enum Mark { case broken, better, worse, different }

  public var mark: Mark
  public var row: ComparedRow
  public var metric: String
  public var baseline: String
  public var candidate: String
  /// `+19.5 %`
  public var difference: String
  /// The gates that the figure broke.
  public var gates: [String]
}

extension Comparison {
  /// From so many lines on, figures without a gate are counted instead of shown.
  private static let roomForUngated = 40

  private var showsUngated: Bool { rows.reduce(0) { $0 + $1.changes.count } <= Self.roomForUngated }

  private func isShown(_ change: MetricChange, of row: ComparedRow) -> Bool {
    showsUngated || row.checks.contains { $0.metric == change.metric }
  }

  /// How many figures moved that the table has no room for.
  public var hiddenChangeCount: Int { rows.reduce(0) { count, row in count + row.changes.count { !isShown($0, of: row) } } }

  public func shownChanges(of row: ComparedRow) -> [ShownChange] {
    var lines: [ShownChange] = []
    for change in row.changes where isShown(change, of: row) {
      let gates = row.broken.filter { $0.metric == change.metric }.map(\.gate)
      let sides = Self.sides(change.baseline, change.candidate, change.unit)
      lines.append(
        ShownChange(
          mark: gates.isEmpty ? change.verdict.mark : .broken, row: row, metric: change.metric, baseline: sides.baseline, candidate: sides.candidate,
          difference: change.differenceText, gates: gates))
    }
    for check in row.broken where !row.changes.contains(where: { $0.metric == check.metric }) {
      let sides = Self.sides(check.baseline, check.candidate, check.unit)
      lines.append(
        ShownChange(mark: .broken, row: row, metric: check.metric, baseline: sides.baseline, candidate: sides.candidate, difference: "", gates: [check.gate]))
    }
    return lines
  }

  private static func commonNotes(of file: ComparedFile) -> [String] {
    guard file.rows.count > 1, let first = file.rows.first else { return [] }
    return first.notes.filter { note in file.rows.allSatisfy { $0.notes.contains(note) } }
  }

  /// In words, each with the row: which terms of each latency shown moved, which stations, the bottleneck, and what else is not as it was.
  /// What all rows have in common is told once.
  public func shownReasons(of file: ComparedFile) -> [String] {
    let common = Self.commonNotes(of: file)
    return common.map { "all rows: \($0)" }
      + file.rows.flatMap { row in shownReasons(of: row, without: common).map { "\(row.name): \($0)" } }
  }

  private func shownReasons(of row: ComparedRow, without common: [String]) -> [String] {
    var reasons = row.changes.filter { isShown($0, of: row) && (!$0.terms.isEmpty || $0.seeds != nil) }.map(\.reason)
    let moved = row.stations.filter { $0.difference.magnitude >= 0.005 }.prefix(3)
    if !moved.isEmpty { reasons.append("utilisation: \(moved.map(\.text).joined(separator: ", "))") }
    if let bottleneck = row.bottleneck { reasons.append("bottleneck: \(bottleneck.baseline) -> \(bottleneck.candidate)") }
    return reasons + row.notes.filter { !common.contains($0) }
  }

  /// Both values with as many decimals as it takes to tell them apart, the unit behind the second.
  private static func sides(_ baseline: MetricValue?, _ candidate: MetricValue?, _ unit: MetricUnit) -> (baseline: String, candidate: String) {
    guard let old = baseline?.number, let new = candidate?.number else { return (FigureText.text(baseline, unit), FigureText.text(candidate, unit)) }
    let texts = FigureText.texts(old, new, unit)
    return (texts.baseline, FigureText.withUnit(texts.candidate, unit))
  }
}

extension MetricChange {
  /// `publish.p99 4.10 -> 4.90 ms (+19.5 %), higher on 5 of 5 seeds, by +0.62..+0.98: replication +0.71`
  fileprivate var reason: String {
    "\(metric) \(text)" + (seeds.map { ", \($0.text)" } ?? "") + (terms.isEmpty ? "" : ": \(termsText)")
  }
}

extension MetricChange.Verdict {
  fileprivate var mark: ShownChange.Mark {
    switch self {
    case .better: .better
    case .worse: .worse
    case .different: .different
    }
  }
}
