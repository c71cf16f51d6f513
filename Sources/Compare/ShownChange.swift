import Results

/// One line in the table of a comparison: a figure that changed, or that broke a gate.
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

/// Figures that moved and are counted instead of shown.
public struct HiddenChanges: Equatable {
  /// Those that moved by less than half a percent.
  public var small = 0
  /// The rows in which there is nothing else to be seen, though something moved.
  public var smallRows = 0
  /// Others, without a gate, where there is no room for them.
  public var ungated = 0

  public init(small: Int = 0, smallRows: Int = 0, ungated: Int = 0) {
    self.small = small
    self.smallRows = smallRows
    self.ungated = ungated
  }
}

extension Comparison {
  /// The number of lines from which on figures without a gate are counted instead of shown.
  private static let roomForUngated = 40

  private var showsUngated: Bool { rows.reduce(0) { $0 + $1.changes.count { !$0.isSmall } } <= Self.roomForUngated }

  /// Whether a figure that moved is worth a line: it broke a gate, or moved by half a percent and is what a gate looks at, or one of few.
  func isShown(_ change: MetricChange, of row: ComparedRow, showsAll: Bool) -> Bool {
    if showsAll || row.broken.contains(where: { $0.metric == change.metric }) { return true }
    return !change.isSmall && (showsUngated || row.checks.contains { $0.metric == change.metric })
  }

  public func hiddenChanges(showsAll: Bool = false) -> HiddenChanges {
    var hidden = HiddenChanges()
    for row in rows {
      let own = row.changes.filter { !isShown($0, of: row, showsAll: showsAll) }
      let small = own.count(where: \.isSmall)
      hidden.small += small
      hidden.ungated += own.count - small
      if small > 0, small == row.changes.count, row.broken.isEmpty { hidden.smallRows += 1 }
    }
    return hidden
  }

  /// - Parameter showsAll: also figures that moved by little, or that no gate looks at.
  public func shownChanges(of row: ComparedRow, showsAll: Bool = false) -> [ShownChange] {
    var lines: [ShownChange] = []
    for change in row.changes where isShown(change, of: row, showsAll: showsAll) {
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

  /// In what all rows of a file differ from the baseline's, beside their figures: told once.
  func commonNotes(of file: ComparedFile) -> [String] {
    guard file.rows.count > 1, let first = file.rows.first else { return [] }
    return first.notes.filter { note in file.rows.allSatisfy { $0.notes.contains(note) } }
  }

  /// The reasons in words, each with the row: which terms of each shown latency changed, which stations, the bottleneck, and other differences.
  /// Reasons that all rows share appear once.
  public func shownReasons(of file: ComparedFile) -> [String] {
    let common = commonNotes(of: file)
    return common.map { "all rows: \($0)" }
      + file.rows.flatMap { row in
        (row.changes.filter { isShown($0, of: row, showsAll: false) }.compactMap(\.reason) + row.surroundings + row.notes.filter { !common.contains($0) })
          .map { "\(row.name): \($0)" }
      }
  }

  /// Both values with enough decimals to distinguish them, and the unit after the second.
  private static func sides(_ baseline: MetricValue?, _ candidate: MetricValue?, _ unit: MetricUnit) -> (baseline: String, candidate: String) {
    guard let old = baseline?.number, let new = candidate?.number else { return (FigureText.text(baseline, unit), FigureText.text(candidate, unit)) }
    let texts = FigureText.texts(old, new, unit)
    return (texts.baseline, FigureText.withUnit(texts.candidate, unit))
  }
}

extension ComparedRow {
  /// What is no figure with a unit of its own: stations that are busier or idler, and the bottleneck.
  var surroundings: [String] {
    var reasons: [String] = []
    let moved = stations.filter { $0.difference.magnitude >= 0.005 }.prefix(3)
    if !moved.isEmpty { reasons.append("utilisation: \(moved.map(\.text).joined(separator: ", "))") }
    // That another station is the busiest changes nothing where none holds the load.
    if let bottleneck, ![bottleneck.baseline, bottleneck.candidate].allSatisfy({ $0.hasPrefix("none") }) {
      reasons.append("bottleneck: \(bottleneck.baseline) -> \(bottleneck.candidate)")
    }
    return reasons
  }
}

extension MetricChange {
  /// Less than what decides between two settings. Whole counts are never small: one lost record is one.
  var isSmall: Bool {
    guard let old = baseline.number, let new = candidate.number, old.isFinite, new.isFinite else { return false }
    if unit == .count, old == old.rounded(), new == new.rounded() { return false }
    return (new - old).magnitude < old.magnitude * BenchReport.tie
  }

  /// `publish.p99 4.10 -> 4.90 ms (+19.5 %), higher on 5 of 5 seeds, by +0.62..+0.98: replication +0.71`; nil where there is nothing beside the figure itself.
  fileprivate var reason: String? { explanation.map { "\(metric) \(text)\(seeds == nil ? ": " : ", ")\($0)" } }

  /// `higher on 5 of 5 seeds, by +0.62..+0.98: replication +0.71`; nil where nothing is known of seeds and terms.
  var explanation: String? {
    let parts = [seeds?.text ?? "", termsText].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
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
