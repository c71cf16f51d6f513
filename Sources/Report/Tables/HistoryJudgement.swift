import Measurement
import Results
import Workloads

/// The judgement of a history on its own.
public struct HistoryJudgement {
  private let file: String
  private let operations: Int
  private let transactions: TransactionCounts?
  private let verdicts: [Verdict]

  public init(file: String, operations: Int, transactions: TransactionCounts?, verdicts: [Verdict]) {
    self.file = file
    self.operations = operations
    self.transactions = transactions
    self.verdicts = verdicts
  }

  /// The exit code; a history in which nothing could be examined shows nothing.
  public var exitCode: ExitCode {
    if verdicts.contains(where: { $0.conclusion == .violated }) { return .notAsExpected }
    return verdicts.contains { $0.conclusion == .holds } ? .asExpected : .notExercised
  }

  public var text: String {
    var lines = ["\(file): \(grouped(operations)) operations" + (transactions.map { ", \($0.words)" } ?? ""), ""]
    lines += verdicts.lines()
    return lines.joined(separator: "\n")
  }

  /// The violated guarantees; empty if there are none.
  public var violations: String { verdicts.lines { $0.conclusion == .violated }.joined(separator: "\n") }

  public var json: JSON {
    .object([
      ("history", .string(file)), ("operations", .integer(Int64(operations))), ("transactions", transactions.map { JSON(encoding: $0) } ?? .null),
      ("verdicts", .array(verdicts.map { JSON(encoding: $0) })),
    ])
  }
}

extension [Verdict] {
  /// A line for each verdict, and for violations the first cases.
  func lines(_ isShown: (Verdict) -> Bool = { _ in true }) -> [String] {
    var lines: [String] = []
    let width = map(\.guarantee.rawValue.count).max() ?? 0
    for verdict in self where isShown(verdict) {
      let name = verdict.guarantee.rawValue + String(repeating: " ", count: width - verdict.guarantee.rawValue.count)
      let count = verdict.caseCount > 0 ? "\(grouped(verdict.caseCount)) of \(grouped(verdict.examined))" : "\(grouped(verdict.examined)) examined"
      lines.append("  \(name)  \(verdict.conclusion.colored)  \(count)")
      if verdict.conclusion == .violated { lines += verdict.cases.prefix(3).map { "      \($0)" } }
    }
    return lines
  }
}

extension TransactionCounts {
  /// `120 transactions: 100 committed, 18 aborted, 1 unknown, 1 open; 3 circles of writes`.
  public var words: String {
    var text = "\(counted(begun, "transaction")): \(grouped(committed)) committed, \(grouped(aborted)) aborted, \(grouped(unknown)) unknown, \(grouped(open)) open"
    if writeCycles > 0 { text += "; \(counted(writeCycles, "circle")) of writes, which Kafka permits" }
    return text
  }
}
