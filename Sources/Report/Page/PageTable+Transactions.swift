import Measurement
import Results

extension PageTable {
  /// The figures of transactions, one row for each run. `names`: cells before them, such as the setting.
  static func transactions(_ reports: [(names: [Cell], report: TransactionsReport)], naming columns: [Column]) -> PageTable {
    let rows = reports.map { names, report -> [Cell] in
      names + [
        .count(report.committed), .count(report.aborted), .harm(report.timedOut), .figure(report.lengths?.p50Seconds, seconds), .figure(report.lengths?.p99Seconds, seconds),
        .figure(report.lengths?.maxSeconds, seconds), .count(report.epochs), .count(report.refusals), .count(report.zombies), .count(report.coordinationRequests),
        .figure(report.requestsPerTransaction, figureText),
      ]
    }
    return PageTable(
      caption: "A transaction lasts from when its coordinator knows of it until all of its markers are written; readers of committed records wait that long for its records",
      columns: columns + [
        .number("committed"), .number("aborted"), .number("of these timed out"), .number("median length"), .number("p99"), .number("the longest"), .number("epochs raised"),
        .number("requests refused as of a former epoch"), .number("producers they came from"), .number("requests about transactions"), .number("for each"),
      ],
      rows: rows)
  }

  /// Transactions that nobody will end.
  static func hanging(_ hanging: [TransactionTimeline.Hanging]) -> PageTable {
    PageTable(
      caption: "Transactions that a partition's log has open and that no coordinator knows: consumers with read_committed stop there. kafka-transactions.sh abort ends one",
      columns: [.text("Partition"), .number("open from offset"), .number("since"), .number("producer"), .number("epoch")],
      rows: hanging.map { [.name($0.partition), .count($0.offset, mood: .bad), .figure($0.fromSeconds, seconds), .count($0.producer), .count($0.epoch)] })
  }

  private static func seconds(_ seconds: Double) -> String { "\(figureText(seconds)) s" }
}

extension BenchPart {
  var transactions: Page.Section {
    let told = runs.compactMap { name, run in run.coordinatedTransactions.map { (names: [PageTable.Cell.name(name)], report: $0) } }
    return section("transactions", "Transactions", told.isEmpty ? [] : [.table(.transactions(told, naming: [.text("Setting")]))])
  }
}
