import Measurement
import Results

extension BenchReport {
  private static let shownRivals = 3

  /// Which setting has the best p99 and which has the highest throughput, and by what factor; empty if all are equal.
  var standingsText: [String] {
    [
      standing("lowest publish p99", of: rows.indices.map { rows[$0].publishP99 }, isLess: true) { "\(significant($0)) ms" },
      standing("most throughput", of: rows.indices.map { rows[$0].publishRate }, isLess: false) { "\(grouped(Int64(rounding: $0))) records/s" },
    ].compactMap { $0 }
  }

  private func standing(_ title: String, of figures: [Double?], isLess: Bool, _ text: (Double) -> String) -> String? {
    let known = rows.indices.filter { rows[$0].isMeasured }.compactMap { row in figures[row].flatMap { $0 > 0 && $0.isFinite ? (row: row, figure: $0) : nil } }
    let order = known.sorted { isLess ? ($0.figure, $0.row) < ($1.figure, $1.row) : ($1.figure, $0.row) < ($0.figure, $1.row) }
    guard let best = order.first else { return nil }
    func times(_ figure: Double) -> Double { isLess ? figure / best.figure : best.figure / figure }
    let rivals = order.dropFirst().filter { times($0.figure) > 1 + Self.tie }
    guard !rivals.isEmpty else { return nil }
    let told = rivals.prefix(Self.shownRivals).map { rival in
      let times = significant(times(rival.figure)), name = name(of: rival.row)
      return isLess ? "\(name) has \(times) times that" : "\(times) times that of \(name)"
    }
    let more = rivals.count - told.count
    return "\(title): \(name(of: best.row)), \(text(best.figure)); \(told.joined(separator: ", "))\(more > 0 ? ", and \(more) more" : "")"
  }

  private func name(of row: Int) -> String { rows[row].settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}
