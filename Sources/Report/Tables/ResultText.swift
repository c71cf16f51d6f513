import Measurement
import Rainbow
import Results
import Workloads

extension RunResult {
  public var summaryText: String { summaryText(width: nil) }

  /// What the terminal shows after the story: delivery, verdicts, faults, expectations, and how to repeat it.
  ///
  /// - Parameter width: what tables have to fit in; nil shows them in full.
  public func summaryText(width: Int?) -> String {
    var lines = choices.isEmpty ? [] : [choicesText, ""]
    lines += [deliveryText, ""]
    lines += verdicts.lines()
    lines.append("")
    let unhit = faults.filter { $0.hit == 0 }
    if !unhit.isEmpty { lines.append("  Never hit: \(unhit.map(\.name).joined(separator: ", "))".yellow) }
    if let errors = clientErrors.text { lines += errors.split(separator: "\n").map { "  \($0)" } }
    if let availability { lines += availability.lines.map { "  \($0)" } }
    if let transactions { lines.append("  \(transactions.words)") }
    let tableWidth = width.map { $0 - 2 }
    if let groups { lines += groups.text(width: tableWidth).split(separator: "\n").map { "  \($0)" } }
    if let coordinatedTransactions { lines += coordinatedTransactions.text(width: tableWidth).split(separator: "\n").map { "  \($0)" } }
    for group in groups?.groups ?? [] { lines += (group.ledger?.lines(of: group.group) ?? []).map { "  \($0)" } }
    lines += expectationLines
    lines.append("")
    lines.append(
      traceText.map { "trace \($0)  \(grouped(events)) events in \(fixed(simulated.seconds, places: 1)) simulated seconds" }
        ?? "\(fixed(simulated.seconds, places: 1)) seconds on real machines")
    lines.append("again: \(replay)")
    return lines.joined(separator: "\n")
  }

  /// Of many that are met only their number.
  private var expectationLines: [String] {
    let met = expectations.filter { $0.conclusion == .met }, isLong = met.count > ExpectationResult.fewest
    let told = isLong ? expectations.filter { $0.conclusion != .met } : expectations
    let lines = told.flatMap { expectation in
      ["  \(expectation.conclusion.mark) expected \(expectation.text)"] + (expectation.advice.map { ["         \($0)"] } ?? [])
    }
    guard isLong else { return lines }
    return lines + ["  \(ExpectationResult.Conclusion.met.mark) \(told.isEmpty ? "all \(met.count)" : "\(met.count) other") expectations are met"]
  }

  /// What the seed made of the scenario.
  private var choicesText: String { "drawn: \(choices.map { "\($0.path) \($0.value)" }.joined(separator: "; "))" }

  private var deliveryText: String {
    var text = "\(grouped(delivery.sent)) sent: \(grouped(delivery.acked)) acknowledged, \(grouped(delivery.failed)) failed\(delivery.failedBy.words)"
    text += ", \(grouped(delivery.unknown)) unknown\(delivery.unknownBy.words)"
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

extension ExpectationResult {
  /// Of more that are met one hears how many they are.
  static let fewest = 8
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

extension [ReasonCount] {
  /// The reasons in brackets, with their counts if there is more than one; empty if there are no reasons.
  fileprivate var words: String {
    guard let first else { return "" }
    return count == 1 ? " (\(first.reason))" : " (\(map { "\(grouped($0.count)) \($0.reason)" }.joined(separator: ", ")))"
  }
}

extension Availability {
  private static let shownOutages = 5

  /// The longest waits, and the outages.
  fileprivate var lines: [String] {
    let more = outages.count - Self.shownOutages
    return [text] + outages.sorted { $0.length > $1.length }.prefix(Self.shownOutages).sorted { $0.from < $1.from }.map(\.text)
      + (more > 0 ? ["and \(more) shorter times in which nobody could write to a partition"] : [])
  }
}
