import Measurement
import Results
import TextTable

extension TransactionsReport {
  /// What became of the transactions, and what coordination took of them.
  func text(width: Int?) -> String {
    let columns: [Column] = [
      .right("transactions", grouped(committed + aborted)), .right("committed", grouped(committed)), .right("aborted", grouped(aborted)),
      .right("timed out", grouped(timedOut)), .right("median s", seconds(lengths?.p50Seconds)), .right("p99 s", seconds(lengths?.p99Seconds)),
      .right("longest s", seconds(lengths?.maxSeconds)), .right("epochs", grouped(epochs)), .right("refused", grouped(refusals)),
      .right("zombies", grouped(zombies)),
    ]
    let perTransaction = requestsPerTransaction.map { ", \(significant($0)) for each" } ?? ""
    return [tableText([columns], width: width), "\(grouped(coordinationRequests)) requests about transactions\(perTransaction)"].joined(separator: "\n")
  }
}

extension BenchReport {
  /// How the transactions of each setting fared; nil where there are none.
  func transactionsText(width: Int?) -> String? {
    let told = rows.flatMap { row in row.runs.compactMap { run in run.coordinatedTransactions.map { (row: row, seed: row.isOverSeeds ? "\(run.seed)" : nil, report: $0) } } }
    guard !told.isEmpty else { return nil }
    func columns(_ place: Int) -> [Column] {
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
    return tableText(told.indices.map(columns), keys: rows[0].settings.count + (rows[0].isOverSeeds ? 1 : 0), width: width)
  }
}

private func seconds(_ seconds: Double?) -> String { seconds.map { fixed($0, places: 3) } ?? "-" }
