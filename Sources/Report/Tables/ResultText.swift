import Measurement
import Rainbow
import Results
import Workloads

extension RunResult {
  /// What the terminal shows after the story: delivery, verdicts, faults, expectations, and how to repeat it.
  public var summaryText: String {
    var lines = [deliveryText, ""]
    lines += verdicts.lines()
    lines.append("")
    let unhit = faults.filter { $0.hit == 0 }
    if !unhit.isEmpty { lines.append("  Never hit: \(unhit.map(\.name).joined(separator: ", "))".yellow) }
    if let availability { lines.append("  \(availability.text)") }
    if let transactions { lines.append("  \(transactions.words)") }
    if let groups { lines += groups.text.split(separator: "\n").map { "  \($0)" } }
    if let coordinatedTransactions { lines += coordinatedTransactions.text.split(separator: "\n").map { "  \($0)" } }
    for expectation in expectations {
      lines.append("  \(expectation.conclusion.mark) expected \(expectation.text)")
      if let advice = expectation.advice { lines.append("         \(advice)") }
    }
    lines.append("")
    lines.append(
      traceText.map { "trace \($0)  \(grouped(events)) events in \(fixed(simulated.seconds, places: 1)) simulated seconds" }
        ?? "\(fixed(simulated.seconds, places: 1)) seconds on real machines")
    lines.append("again: \(replay)")
    return lines.joined(separator: "\n")
  }

  private var deliveryText: String {
    var text = "\(grouped(delivery.sent)) sent: \(grouped(delivery.acked)) acknowledged, \(grouped(delivery.failed)) failed, \(grouped(delivery.unknown)) unknown"
    text += "; \(grouped(delivery.lost)) lost"
    if delivery.permittedLoss > 0 {
      text += " (\(delivery.permittedBy.map { "\(grouped($0.count)) permitted by \($0.reason)" }.joined(separator: ", ")); \(grouped(delivery.violations)) violations)"
    }
    if delivery.deleted > 0 {
      text += "; \(grouped(delivery.deleted)) deleted (\(delivery.deletedBy.map { "\(grouped($0.count)) by \($0.reason)" }.joined(separator: ", ")))"
    }
    return text
  }
}

extension Conclusion {
  var colored: String {
    switch self {
    case .holds: "holds   ".green
    case .violated: "violated".red.bold
    case .unknown: "unknown ".yellow
    }
  }
}

extension ExpectationResult.Conclusion {
  var mark: String {
    switch self {
    case .met: "ok  ".green
    case .notMet: "FAIL".red.bold
    case .notExercised: "----".yellow
    }
  }
}
