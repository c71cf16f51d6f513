import Measurement
import Results
import TextTable

extension TransactionsReport {
  /// What became of the transactions, and what coordination took of them.
  var text: String {
    let table = TextTable<TransactionsReport> { report in
      [
        .right("transactions", grouped(report.committed + report.aborted)), .right("committed", grouped(report.committed)), .right("aborted", grouped(report.aborted)),
        .right("timed out", grouped(report.timedOut)), .right("median s", seconds(report.lengths?.p50Seconds)), .right("p99 s", seconds(report.lengths?.p99Seconds)),
        .right("longest s", seconds(report.lengths?.maxSeconds)), .right("epochs", grouped(report.epochs)), .right("refused", grouped(report.refusals)),
        .right("zombies", grouped(report.zombies)),
      ]
    }
    let perTransaction = requestsPerTransaction.map { ", \(significant($0)) for each" } ?? ""
    return [trimmed(table.string(for: [self]) ?? ""), "\(grouped(coordinationRequests)) requests about transactions\(perTransaction)"].joined(separator: "\n")
  }
}

extension BenchReport {
  /// How the transactions of each setting fared; nil where there are none.
  var transactionsText: String? {
    let told = rows.flatMap { row in row.runs.compactMap { run in run.coordinatedTransactions.map { (row: row, seed: row.isOverSeeds ? "\(run.seed)" : nil, report: $0) } } }
    guard !told.isEmpty else { return nil }
    let table = TextTable<Int> { place in
      let (row, seed, report) = told[place]
      var columns = row.settings.map { Column(title: $0.key, value: $0.value) }
      if let seed { columns.append(Column(title: "seed", value: seed)) }
      columns += [
        .right("committed", grouped(report.committed)), .right("aborted", grouped(report.aborted)), .right("median s", seconds(report.lengths?.p50Seconds)),
        .right("p99 s", seconds(report.lengths?.p99Seconds)), .right("requests", grouped(report.coordinationRequests)),
        .right("for each", report.requestsPerTransaction.map { significant($0) } ?? "-"),
      ]
      return columns
    }
    return trimmed(table.string(for: Array(told.indices)) ?? "")
  }
}

private func seconds(_ seconds: Double?) -> String { seconds.map { fixed($0, places: 3) } ?? "-" }
