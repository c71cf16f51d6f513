import Measurement
import Results
import Workloads

extension LedgerReport {
  private static let shownRows = 5

  /// What is missing or double, the first rows of it.
  func lines(of group: String) -> [String] {
    let head = "ledger of group \(group): \(counted(records, "record")), "
    guard faultyRecords > 0 else { return [head + "each with its effect once"] }
    let rows = faulty.prefix(Self.shownRows).map { "  \($0.text)" }
    let more = faultyRows - rows.count
    return [head + faultText] + rows + (more > 0 ? ["  and \(counted(more, "more row")): trial report shows them"] : [])
  }

  /// `126 double, 3 missing`.
  var faultText: String {
    let counts = [(missing, "missing"), (partial, "in part"), (double, "double"), (uncommitted, "without a committed offset")]
    return counts.filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}

extension LedgerReport.Row {
  /// `in-0 274 to 290`.
  var place: String { "\(partition) \(offsets.text)" }

  fileprivate var text: String {
    let tries = attempts.map { "\($0.who)\($0.fate == nil ? "" : ",") wrote \($0.outputText)\($0.committedOffset.map { " and committed offset \($0)" } ?? "")" }
    let more = attemptCount - attempts.count
    return "\(place) (\(counted(records, "record"))), \(fault?.words ?? "once"): "
      + ((tries.isEmpty ? ["nobody consumed it"] : tries) + (more > 0 ? ["and \(counted(more, "more try", "more tries"))"] : [])).joined(separator: " | ")
      + " | committed at the end: \(committedOffset.map { "\($0)" } ?? "nothing")"
  }
}

extension LedgerReport.Attempt {
  /// `transaction 1 of app-2, committed`.
  var who: String { transaction.map { "transaction \($0) of \(client)\(fate.map { ", \($0)" } ?? "")" } ?? client }

  /// Where what it wrote stands, and what of it is not there.
  var outputText: String { outputs.isEmpty ? "nothing" : outputs.map(\.text).joined(separator: "; ") }
}

extension LedgerReport.Output {
  fileprivate var text: String {
    let place = ([partition] + (offsets.isEmpty ? [] : [offsets.map(\.text).joined(separator: ", ")])).joined(separator: " ")
    let states = [(absent, "not there"), (unknown, "unknown")].filter { $0.0 > 0 }
    guard !states.isEmpty else { return place }
    return "\(place) (\(states.map { present == 0 && states.count == 1 ? $0.1 : "\(grouped($0.0)) \($0.1)" }.joined(separator: ", ")))"
  }
}

extension LedgerRows.Fault {
  var words: String {
    switch self {
    case .missing: "missing"
    case .partial: "in part"
    case .double: "double"
    case .uncommitted: "offset not committed"
    }
  }
}

extension LedgerReport.OffsetRange {
  /// `274 to 290`.
  fileprivate var text: String { first == last ? "\(first)" : "\(first) to \(last)" }
}
