import Measurement
import Rainbow
import Results

extension VerifySummary {
  /// The text for the terminal after many trials.
  public var text: String {
    var lines: [String] = []
    let shown = rows.filter { $0.examined > 0 || $0.violated > 0 }
    let width = shown.map(\.guarantee.rawValue.count).max() ?? 0
    for row in shown {
      let name = row.guarantee.rawValue + String(repeating: " ", count: width - row.guarantee.rawValue.count)
      let verdict = row.violated > 0 ? "violated in \(row.violated)".red.bold : "holds".green
      lines.append("  \(name)  \(verdict)  \(grouped(row.examined)) examined")
    }
    lines.append("")
    for (failure, count) in causes {
      let title = "\(failure.scenario)\(failure.variant.map { " (\($0))" } ?? ""): \(failure.cause)"
      lines.append("  \(title.red)\(count > 1 ? ", \(count) trials" : "")")
      if let evidence = failure.evidence.first { lines.append("      \(evidence)") }
      lines.append("      \(failure.replay)")
    }
    if !causes.isEmpty { lines.append("") }
    lines.append(
      "\(grouped(trials)) trials: \(grouped(asExpected)) as expected, \(grouped(notAsExpected)) not, \(grouped(notExercised)) not exercised; "
        + "\(grouped(records.acked)) of \(grouped(records.sent)) records acknowledged")
    if let transactions { lines.append(transactions.words) }
    guard realRuns == 0 else {
      lines.append("\(grouped(Int64(rounding: simulatedSeconds.rounded(.down)))) seconds on real machines, \(fixed(wallSeconds, places: 1)) with setting up, healing and audit")
      lines.append("again: \(replay)")
      return lines.joined(separator: "\n")
    }
    let ratio = host.simulatedToCpu, simulated = "\(grouped(Int64(rounding: simulatedSeconds.rounded(.down)))) simulated seconds"
    // What was read from files does not say what it cost.
    lines.append(
      cpuSeconds == 0 ? simulated : "\(simulated) in \(fixed(cpuSeconds, places: 1)) CPU seconds: \(grouped(Int64(rounding: ratio.rounded(.down)))) times faster than real time"
        + " (\(fixed(wallSeconds, places: 1)) s of wall time)")
    if let marksLine { lines.append(marksLine) }
    if trials == 0 { lines.append("Nothing was run, so nothing was shown: give more seeds, another shard, or more minutes.".yellow) }
    return lines.joined(separator: "\n")
  }
}
