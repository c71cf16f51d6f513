import Foundation
import Measurement

/// The limits on figures in a foreign result: none is so large that sums and charts of it have no meaning, no count is negative, and related lists have
/// the same length. Everything that uses results relies on it.
public enum BelievableFigures {
  /// A quadrillion: eleven days in nanoseconds, a petabyte in bytes, and more records than anyone sends.
  public static let largest = 1e15

  /// The first number that is too large, with its place; nil if there is none. The decoder accepts texts that are not UTF-8 and this reader does not: what
  /// cannot be checked is refused.
  static func problem(in data: Data) -> String? {
    guard let document = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
      return numberBeyondAll(in: data).map { "the number \($0) is too large: no figure of a result is that large" } ?? "this is not JSON in UTF-8"
    }
    return problem(in: document, at: "")
  }

  /// The first number, outside of strings, that no type can hold, and its place: `1e999 at 3:14`.
  private static func numberBeyondAll(in data: Data) -> String? {
    var line = 1, column = 0, isText = false, isEscaped = false, number = "", start = ""
    for byte in data + [UInt8(ascii: "\n")] {
      column += 1
      let isPart = !isText && (UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte))
      if isPart {
        if number.isEmpty { start = "\(line):\(column)" }
        number.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        if Double(number)?.isInfinite == true { return "\(number.prefix(40)) at \(start)" }
        number = ""
        if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
      }
      isEscaped = isText && byte == UInt8(ascii: "\\") && !isEscaped
      if byte == UInt8(ascii: "\n") { (line, column) = (line + 1, 0) }
    }
    return nil
  }

  private static func problem(in value: Any, at place: String) -> String? {
    switch value {
    case let entries as [String: Any]:
      // Sorted by name: the order of the file is not known here.
      for (key, value) in entries.sorted(by: { $0.key < $1.key }) where key != "seed" {
        if let problem = problem(in: value, at: place.isEmpty ? key : "\(place).\(key)") { return problem }
      }
      return nil
    case let elements as [Any]:
      for (index, element) in elements.enumerated() {
        if let problem = problem(in: element, at: "\(place)[\(index)]") { return problem }
      }
      return nil
    case let number as NSNumber:
      return number.doubleValue.magnitude <= largest ? nil : "\(place) is \(number): no figure of a result is that large"
    default: return nil
    }
  }

  static func problem(in report: BenchReport) -> String? {
    if report.rows.isEmpty { return "the result has no rows, so there is nothing to show or to compare" }
    if let place = report.pareto.first(where: { !report.rows.indices.contains($0) }) { return "pareto names row \(place), which is not there" }
    for (number, row) in report.rows.enumerated() {
      for (seed, run) in row.runs.enumerated() {
        let place = seed == 0 ? "rows[\(number)].result" : "rows[\(number)].otherSeeds[\(seed - 1)].result"
        if let groups = run.result.groups, let problem = problem(in: groups, at: "\(place).groups") { return problem }
        if let transactions = run.result.coordinatedTransactions, let problem = problem(in: transactions, at: "\(place).coordinatedTransactions") { return problem }
        if let problem = problem(in: run.delivery, at: "\(place).delivery") ?? problem(in: run.metrics.series, at: "\(place).metrics.series") {
          return problem
        }
      }
    }
    return nil
  }

  static func problem(in delivery: Delivery, at place: String) -> String? {
    if let count = Delivery.counts.first(where: { delivery[keyPath: $0.path] < 0 }) {
      return "\(place).\(count.name) is \(delivery[keyPath: count.path]): nothing is counted below 0"
    }
    return delivery.permittedLoss > delivery.lost ? "\(place).permittedLoss is larger than lost, which includes it" : nil
  }

  static func problem(in report: GroupsReport, at place: String) -> String? {
    let counts = [("coordinationRequests", report.coordinationRequests)]
      + report.groups.enumerated().flatMap { number, group in
        ([("lives", group.lives), ("rebalances", group.rebalances), ("worked", group.worked), ("workedAgain", group.workedAgain), ("passedOver", group.passedOver)]
          + (group.ledger.map(counts(of:)) ?? [])).map { ("groups[\(number)].\($0)", $1) }
      }
    return problem(in: counts, at: place)
  }

  private static func counts(of ledger: LedgerReport) -> [(String, Int)] {
    [
      ("records", ledger.records), ("missing", ledger.missing), ("partial", ledger.partial), ("double", ledger.double), ("uncommitted", ledger.uncommitted),
      ("faultyRows", ledger.faultyRows), ("soundRows", ledger.soundRows),
    ].map { ("ledger.\($0)", $1) }
  }

  static func problem(in report: TransactionsReport, at place: String) -> String? {
    let counts = [
      ("committed", report.committed), ("aborted", report.aborted), ("timedOut", report.timedOut), ("epochs", report.epochs), ("refusals", report.refusals),
      ("zombies", report.zombies), ("coordinationRequests", report.coordinationRequests),
    ]
    return problem(in: counts, at: place)
  }

  private static func problem(in counts: [(String, Int)], at place: String) -> String? {
    counts.first { $0.1 < 0 }.map { "\(place).\($0.0) is \($0.1): nothing is counted below 0" }
  }

  private static func problem(in series: TimeSeries, at place: String) -> String? {
    let counts = [
      series.publishRate.count, series.publishMegabytesPerSecond.count, series.errorRate.count, series.consumeRate.count,
      series.consumeMegabytesPerSecond.count, series.backlog.count, series.publishP50.count, series.publishP99.count, series.publishMax.count,
      series.endToEndP50.count, series.endToEndP99.count,
    ]
    guard Set(counts).count == 1 else { return "\(place): its lists are not of one length" }
    return counts[0] == 0 || series.windowSeconds > 0 ? nil : "\(place).windowSeconds is \(series.windowSeconds): a window takes time"
  }
}
