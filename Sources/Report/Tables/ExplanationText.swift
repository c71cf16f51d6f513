import Measurement
import Results

extension Explanation {
  /// The explanation for a terminal: what led to the violation, a line each, and what becomes of the trial without each fault.
  public var text: String {
    var blocks = ["\(guarantee.rawValue) is violated: \(evidence)"]
    blocks.append((["What led to it, oldest first:"] + lineTexts + leftOutText).joined(separator: "\n"))
    if !faults.isEmpty { blocks.append((["What would have prevented it:"] + faults.map { "  \($0.text)" }).joined(separator: "\n")) }
    return blocks.joined(separator: "\n\n")
  }

  private var lineTexts: [String] {
    let width = lines.map(\.who.count).max() ?? 0
    let times = lines.map { fixed($0.seconds, places: 3) }, timeWidth = times.map(\.count).max() ?? 0
    return zip(lines.indices, lines).map { index, line in
      let number = "\(index + 1)", time = times[index]
      let start = "\(blanks(3 - number.count))\(number)  \(blanks(timeWidth - time.count))\(time)  \(line.who)\(blanks(width - line.who.count))  \(line.told)"
      return line.neededBy.map { "\(start)  [for \($0): \(line.why)]" } ?? start
    }
  }

  private var leftOutText: [String] { leftOut == 0 ? [] : ["     \(counted(leftOut, "line")) that matter less are left out"] }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension Explanation.Line {
  /// What happened, with when a message was sent if that was a while ago.
  var told: String {
    guard let sentSeconds, seconds - sentSeconds >= Self.longWay else { return what }
    return "\(what) (sent at \(fixed(sentSeconds, places: 3)))"
  }

  /// In seconds: messages that nothing holds up are faster.
  private static var longWay: Double { 0.1 }
}

extension Explanation.Fault {
  /// `without "broker-1 isolated" at 1.006 s: does not happen`
  var text: String {
    let when = seconds.map { " at \(fixed($0, places: 3)) s" } ?? ", which did nothing"
    let others = together.isEmpty ? "" : " (and what hangs on it: \(together.joined(separator: "; ")))"
    return "without \"\(what)\"\(when)\(others): \(outcome.words)"
  }
}

extension Explanation.Fault.Outcome {
  var words: String {
    switch self {
    case .prevented: "does not happen"
    case .same: "happens all the same"
    case .otherEvidence: "the guarantee is violated all the same, with other evidence"
    case .unknown: "cannot be told"
    }
  }
}
