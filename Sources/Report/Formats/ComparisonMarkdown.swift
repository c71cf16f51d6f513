import Compare
import Measurement

extension Comparison {
  /// A table of what moved, why, and each gate with its count.
  var markdown: String {
    let verdict = brokenCount > 0 ? "\(brokenCount) broken" : unmeasured.isEmpty ? "all gates hold" : "nothing was measured"
    var lines = ["### trial compare: \(verdict)", "", "\(summary).", ""]
    if !unmeasured.isEmpty { lines += unmeasuredWords.map { "- \($0.markdownText)" } + [""] }
    let shown = shownChanges
    if !shown.isEmpty {
      lines += ["| | row | figure | baseline | candidate | change | gate |", "|---|---|---|--:|--:|--:|---|"]
      lines += shown.map { title, change in
        let cells = [
          change.mark.markdownWord, (title.isEmpty ? "" : "\(title) ") + change.row.name, change.metric, change.baseline, change.candidate, change.difference,
          change.gates.map { "`\($0)`" }.joined(separator: ", "),
        ]
        return "| " + cells.map(\.markdownCell).joined(separator: " | ") + " |"
      }
      lines.append("")
    }
    for words in hiddenWords() { lines += ["\(words).", ""] }
    let reasons = files.flatMap { file in shownReasons(of: file).map { (files.count > 1 ? "\(title(of: file)) " : "") + $0 } }
    if !reasons.isEmpty { lines += ["**Why**", ""] + reasons.map { "- \($0.markdownText)" } + [""] }
    lines += ["<details><summary>Gates</summary>", "", "| gate | held | broken | not measured |", "|---|--:|--:|--:|"]
    lines += gateCounts.map { "| `\($0.gate.markdownCell)` | \($0.held) | \($0.broken) | \($0.notMeasured) |" }
    lines += ["", "</details>", ""]
    return lines.joined(separator: "\n")
  }

  private var shownChanges: [(title: String, change: ShownChange)] {
    files.flatMap { file in file.rows.flatMap { row in shownChanges(of: row).map { (files.count > 1 ? title(of: file) : "", $0) } } }
  }

  /// Each gate with the number of times it held; a gate that matched nothing is broken.
  var gateCounts: [(gate: String, held: Int, broken: Int, notMeasured: Int)] {
    let checks = rows.flatMap(\.checks)
    var names = gates.map(\.text)
    if checks.contains(where: { $0.gate == GateCheck.presence }) { names.append(GateCheck.presence) }
    return names.map { name in
      let own = checks.filter { $0.gate == name }
      let isIdle = idleGates.contains { $0.text == name }
      return (
        name, own.count { $0.outcome == .holds }, own.count { $0.outcome == .broken } + (isIdle ? 1 : 0), own.count { $0.outcome == .notMeasured }
      )
    }
  }
}

extension ShownChange.Mark {
  fileprivate var markdownWord: String {
    switch self {
    case .broken: "**broken**"
    case .better: "better"
    case .worse: "worse"
    case .different: "moved"
    }
  }
}

extension String {
  /// The text with escapes for everything that would end a cell.
  fileprivate var markdownCell: String { String(flatMap { $0 == "|" ? "\\|" : $0.isNewline ? " " : String($0) }) }

  /// The text with escapes for Markdown markup.
  fileprivate var markdownText: String {
    String(flatMap { "*_`<>|[]".contains($0) && $0 != ">" ? "\\\($0)" : $0.isNewline ? " " : String($0) })
  }
}
