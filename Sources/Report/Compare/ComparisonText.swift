import Rainbow

extension Comparison {
  /// What the terminal shows: the figures that moved, why, what broke, and the sum.
  public func text(isStrict: Bool) -> String {
    var lines: [String] = []
    for file in files {
      if files.count > 1 { lines += [file.name.bold] }
      lines += Self.table(file)
      lines += file.rows.flatMap(Self.reasons)
    }
    lines += idleGates.map { "\("FAIL".red.bold)  \($0.text): no row has anything to hold it against" }
    if !lines.isEmpty { lines.append("") }
    lines.append(summary)
    if exitCode(isStrict: isStrict) == .onlyImprovements { lines.append("Nothing got worse: the baseline is out of date. Keep the candidate in its place.".yellow) }
    return lines.joined(separator: "\n")
  }

  /// `2 of 168 checks broken in 1 of 12 rows; 3 figures better, 2 worse`
  public var summary: String {
    func words(_ count: Int, _ one: String, _ many: String) -> String { "\(grouped(count)) \(count == 1 ? one : many)" }
    let failing = rows.count { !$0.broken.isEmpty }
    let checks = words(heldCount + brokenCount, "check", "checks")
    var text = "\(words(rows.count, "row", "rows")), \(checks): "
    text += brokenCount == 0 ? "all hold" : "\(grouped(brokenCount)) broken" + (failing > 0 ? " in \(words(failing, "row", "rows"))" : "")
    text += "; \(words(improvementCount, "figure", "figures")) better, \(grouped(worseCount)) worse"
    let identical = rows.count(where: \.isIdentical)
    if identical > 0 { text += "; \(identical == rows.count ? "all" : grouped(identical)) the same to the last event" }
    return text
  }

  /// One line for each figure that moved or broke a gate.
  private static func table(_ file: ComparedFile) -> [String] {
    var table = [["", "row", "figure", "baseline", "candidate", "", ""]]
    for row in file.rows { table += lines(row) }
    guard table.count > 1 else { return [] }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    // Names stand on the left of their columns, numbers on the right.
    return table.enumerated().map { index, cells in
      let padded = cells.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        let text = (3...5).contains(column) ? blanks + cell : cell + blanks
        return column == 0 ? text.colored(mark: cell) : text
      }
      let line = padded.joined(separator: "  ").trimmedRight
      return index == 0 ? line.dim : line
    }
  }

  private static func lines(_ row: ComparedRow) -> [[String]] {
    var lines: [[String]] = []
    for change in row.changes {
      let broken = row.broken.filter { $0.metric == change.metric }
      let texts = sides(change.baseline, change.candidate, change.unit)
      let mark = broken.isEmpty ? change.verdict.mark : "FAIL"
      lines.append([mark, row.name, change.metric, texts.0, texts.1, change.differenceText, broken.map(\.gate).joined(separator: ", ")])
    }
    for check in row.broken where !row.changes.contains(where: { $0.metric == check.metric }) {
      let texts = sides(check.baseline, check.candidate, check.unit)
      lines.append(["FAIL", row.name, check.metric, texts.0, texts.1, "", check.gate])
    }
    return lines
  }

  /// Both values with as many decimals as it takes to tell them apart, the unit behind the second.
  static func sides(_ baseline: MetricValue?, _ candidate: MetricValue?, _ unit: MetricUnit) -> (String, String) {
    guard let old = baseline?.number, let new = candidate?.number else { return (FigureText.text(baseline, unit), FigureText.text(candidate, unit)) }
    let texts = FigureText.texts(old, new, unit)
    return (texts.baseline, unit.rawValue.isEmpty ? texts.candidate : "\(texts.candidate) \(unit.rawValue)")
  }

  /// Why a row's latencies moved, and what else is not as it was.
  private static func reasons(_ row: ComparedRow) -> [String] {
    row.reasons.map { "      \(row.name): \($0)" }
  }
}

extension ComparedRow {
  /// In words: which terms of each latency moved, which stations, and the bottleneck.
  public var reasons: [String] {
    var reasons = changes.filter { !$0.terms.isEmpty }.map { "\($0.metric) \($0.text): \($0.termsText)" }
    let moved = stations.filter { $0.difference.magnitude >= 0.005 }.prefix(3)
    if !moved.isEmpty { reasons.append("utilisation: \(moved.map(\.text).joined(separator: ", "))") }
    if let bottleneck { reasons.append("bottleneck: \(bottleneck.baseline) -> \(bottleneck.candidate)") }
    return reasons + notes
  }
}

extension MetricChange.Verdict {
  var mark: String {
    switch self {
    case .better: "+"
    case .worse: "-"
    case .different: "~"
    }
  }
}

extension String {
  fileprivate func colored(mark: String) -> String {
    switch mark {
    case "FAIL": red.bold
    case "+": green
    case "-": yellow
    default: self
    }
  }

  fileprivate var trimmedRight: String { String(reversed().drop { $0 == " " }.reversed()) }
}
