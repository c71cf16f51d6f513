import Measurement
import Rainbow

extension Comparison {
  /// What the terminal shows: the figures that moved, why, what broke, and the sum.
  public func text(isStrict: Bool) -> String {
    var lines: [String] = []
    for file in files {
      let own = table(file) + shownReasons(of: file).map { "\(Self.indentation)\($0)" }
      if files.count > 1, !own.isEmpty { lines.append(file.name.bold) }
      lines += own
    }
    if hiddenChangeCount > 0 { lines.append("\(Self.indentation)\(grouped(hiddenChangeCount)) figures without a gate moved too; --json tells them") }
    lines += idleGates.map { "\("FAIL".red.bold)  \($0.text): nothing to hold it against. \(advice(on: $0))" }
    lines += unmeasuredWords.map { "\("----".yellow)  \($0)" }
    if !lines.isEmpty { lines.append("") }
    lines.append(summary)
    if exitCode(isStrict: isStrict) == .onlyImprovements { lines.append("Nothing got worse: the baseline is out of date. Keep the candidate in its place.".yellow) }
    return lines.joined(separator: "\n")
  }

  /// `12 rows, 168 checks: 2 broken in 1 row; 3 figures better, 2 worse`
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

  /// `acks=all: nothing was measured by the candidate`
  public var unmeasuredWords: [String] { unmeasured.map { "\($0.row.name): nothing was measured by the \($0.sides.joined(separator: " and the "))" } }

  private static let indentation = "      "

  /// One line for each figure that moved or broke a gate.
  private func table(_ file: ComparedFile) -> [String] {
    let shown = file.rows.flatMap(shownChanges)
    guard !shown.isEmpty else { return [] }
    let cells =
      [["row", "figure", "baseline", "candidate", "change", "gate"]]
      + shown.map { [$0.row.name, $0.metric, $0.baseline, $0.candidate, $0.difference, $0.gates.joined(separator: ", ")] }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.enumerated().map { index, line in
      let padded = line.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        // Names stand on the left of their columns, figures on the right; nothing follows the last.
        return (2...4).contains(column) ? blanks + cell : column == line.count - 1 ? cell : cell + blanks
      }
      let text = padded.joined(separator: "  ").trimmedRight
      return index == 0 ? "\(Self.indentation)\(text)".dim : "\(shown[index - 1].mark.word)  \(text)"
    }
  }
}

extension ShownChange.Mark {
  /// Four letters.
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
}
