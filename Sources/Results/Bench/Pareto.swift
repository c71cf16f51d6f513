extension BenchReport {
  /// Figures within this relative difference count as equal: chance and the last window of a run move them by as much.
  public static let tie = 0.005

  /// The rows that no other row beats. A row beats another if it has at least its throughput, at most its p99 and at most its loss, and is better in one of
  /// these; throughput and p99 are better if the difference is more than a tie. A row in which nothing was acknowledged is never included. With several seeds, throughput and p99
  /// are means, and loss is the total of all seeds.
  public static func paretoFront(of rows: [BenchRow]) -> [Int] {
    let measured = rows.indices.filter { rows[$0].isMeasured }
    let standings = measured.map { Standing(rows[$0]) }
    return zip(measured, standings).filter { _, standing in !standings.contains { $0.dominates(standing) } }.map { $0.0 }
  }
}

private struct Standing {
  let rate: Double
  let p99: Double
  let lost: Int

  /// - Parameter row: one in which every seed acknowledged something.
  init(_ row: BenchRow) { (rate, p99, lost) = (row.publishRate ?? 0, row.publishP99 ?? .infinity, row.delivery.lost) }

  func dominates(_ other: Standing) -> Bool {
    let more = 1 + BenchReport.tie
    guard rate * more >= other.rate, p99 <= other.p99 * more, lost <= other.lost else { return false }
    return rate > other.rate * more || p99 * more < other.p99 || lost < other.lost
  }
}
