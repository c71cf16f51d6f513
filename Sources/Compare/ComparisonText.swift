import Measurement
import Rainbow

extension Comparison {
  /// What the terminal shows: in what the runs differ, the figures that moved, why, what broke, and the sum.
  ///
  /// - Parameters:
  ///   - showsAll: also the figures that moved by less than half a percent, and those without a gate where there are many.
  ///   - width: what the table has to fit in.
  ///   - command: what shows the figures that are only counted.
  public func text(isStrict: Bool, showsAll: Bool = false, width: Int? = nil, command: String = "--all") -> String {
    var lines: [String] = []
    for file in files {
      let common = commonNotes(of: file)
      let own = common.map { "all rows: \($0)".indented } + table(of: file, showsAll, width) + reasons(of: file, without: common, showsAll)
      if files.count > 1, !own.isEmpty { lines.append(file.name.bold) }
      lines += own
    }
    lines += hiddenWords(showsAll, advice: "; \(command) shows them").map(\.indented)
    let broken = brokenWords + idleGates.map { "\($0.text): nothing to hold it against. \(advice(on: $0))" }.map(Self.fail) + unmeasuredWords.map { "\("----".yellow)  \($0)" }
    if !lines.isEmpty, !broken.isEmpty { lines.append("") }
    lines += broken
    if !lines.isEmpty { lines.append("") }
    lines.append(summary)
    if exitCode(isStrict: isStrict) == .onlyImprovements { lines.append("Nothing got worse: the baseline is out of date. Keep the candidate in its place.".yellow) }
    return lines.joined(separator: "\n")
  }

  /// `12 rows, 168 checks: 2 broken in 1 row; 3 figures better, 2 worse`
  public var summary: String {
    let failing = rows.count { !$0.broken.isEmpty }
    let checks = Self.counted(heldCount + brokenCount, "check")
    var text = "\(Self.counted(rows.count, "row")), \(checks): "
    text += brokenCount == 0 ? "all hold" : "\(grouped(brokenCount)) broken" + (failing > 0 ? " in \(Self.counted(failing, "row"))" : "")
    text += "; \(Self.counted(improvementCount, "figure")) better, \(grouped(worseCount)) worse"
    let identical = rows.count(where: \.isIdentical)
    if identical > 0 { text += "; \(identical == rows.count ? "all" : grouped(identical)) the same to the last event" }
    return text
  }

  /// `acks=all: nothing was measured by the candidate`
  public var unmeasuredWords: [String] { unmeasured.map { "\($0.row.name): nothing was measured by the \($0.sides.joined(separator: " and the "))" } }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

  private static func fail(_ words: String) -> String { "\("FAIL".red.bold)  \(words)" }

  /// One line for each figure that moved and broke nothing. Where the names of rows leave no room for that, they stand above their figures.
  private func table(of file: ComparedFile, _ showsAll: Bool, _ width: Int?) -> [String] {
    let shown = file.rows.flatMap { shownChanges(of: $0, showsAll: showsAll) }.filter { $0.mark != .broken }
    guard !shown.isEmpty else { return [] }
    let cells = [["row", "figure", "baseline", "candidate", "change"]] + shown.map { [$0.row.name, $0.metric, $0.baseline, $0.candidate, $0.difference] }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let hasRoom = width.map { widths.reduce("".indented.count - 2) { $0 + 2 + $1 } <= $0 } ?? true
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        // Names stand on the left of their columns, figures on the right.
        return column >= 2 ? blanks + cell : cell + blanks
      }
      return padded.dropFirst(hasRoom ? 0 : 1).joined(separator: "  ").trimmedRight
    }
    var lines = [line(cells[0]).indented.dim], row = ""
    for (change, cells) in zip(shown, cells.dropFirst()) {
      if !hasRoom, change.row.name != row { lines.append(change.row.name.indented) }
      row = change.row.name
      lines.append("\(change.mark.word)  \(line(cells))")
    }
    return lines
  }

  /// Why figures moved, row by row, of the rows in which anything is shown.
  private func reasons(of file: ComparedFile, without common: [String], _ showsAll: Bool) -> [String] {
    file.rows.flatMap { row -> [String] in
      let changes = row.changes.filter { isShown($0, of: row, showsAll: showsAll) }, brokenMetrics = row.broken.map(\.metric)
      // What broke a gate is explained where that is told.
      var reasons = changes.filter { !brokenMetrics.contains($0.metric) }.compactMap { change in change.explanation.map { "\(change.metric): \($0)" } }
      if !changes.isEmpty || !row.broken.isEmpty { reasons += row.surroundings }
      reasons += row.notes.filter { !common.contains($0) }
      return reasons.isEmpty ? [] : [row.name.indented] + reasons.map { "  \($0)".indented }
    }
  }

  /// How many figures moved and are not shown, a line for each reason.
  public func hiddenWords(_ showsAll: Bool = false, advice: String = "") -> [String] {
    let hidden = hiddenChanges(showsAll: showsAll)
    let rows = hidden.smallRows == 0 ? "" : ", in \(Self.counted(hidden.smallRows, "row")) nothing else"
    return [
      hidden.small == 0 ? "" : "\(Self.counted(hidden.small, "figure")) moved by less than 0.5 %\(rows)\(advice)",
      hidden.ungated == 0 ? "" : "\(Self.counted(hidden.ungated, "figure")) without a gate moved too\(advice)",
    ].filter { !$0.isEmpty }
  }

  /// Each gate that broke in each row, with the terms of the latency that it is about.
  private var brokenWords: [String] {
    files.flatMap { file in
      file.rows.flatMap { row in
        row.broken.flatMap { check -> [String] in
          let words = "\(files.count > 1 ? "\(file.name) " : "")\(row.name): \(check.sentence)"
          let explanation = row.changes.first { $0.metric == check.metric }?.explanation
          return [Self.fail(words)] + (check.gate == GateCheck.presence ? [] : ["gate \(check.gate)".indented]) + (explanation.map { [$0.indented] } ?? [])
        }
      }
    }
  }
}

extension ShownChange.Mark {
  /// A word of four letters.
  fileprivate var word: String {
    switch self {
    case .broken: "FAIL".red.bold
    case .better: "+   ".green
    case .worse: "-   ".yellow
    case .different: "~   "
    }
  }
}

extension String {
  fileprivate var trimmedRight: String { String(reversed().drop { $0 == " " }.reversed()) }

  /// Behind where the marks stand.
  fileprivate var indented: String { "      " + self }
}
