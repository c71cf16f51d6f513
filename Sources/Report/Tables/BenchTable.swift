import Measurement
import Results
import TextTable

/// The table of a benchmark: a row for each setting.
struct BenchTable {
  private let rows: [BenchRow]
  private let order: [Int]
  private let front: Set<Int>
  /// Columns that only some runs have anything to say in: the load that was asked for where it could not be sent, the kinds of loss, and what
  /// compression came to where it is varied.
  private let isOverloaded: Bool
  private let hasPermitted: Bool
  private let hasDeleted: Bool
  private let tellsCompression: Bool

  init(_ report: BenchReport, sortedBy order: BenchOrder) {
    rows = report.rows
    self.order = order.indices(of: rows)
    front = Set(report.pareto)
    isOverloaded = rows.contains(where: \.isOverloaded)
    hasPermitted = rows.contains { $0.delivery.permittedLoss > 0 }
    hasDeleted = rows.contains { $0.delivery.deleted > 0 }
    tellsCompression = report.varied.contains { $0.key.hasSuffix("compression.type") }
  }

  /// - Parameter width: nil for every column in full. Otherwise what is not worth its room is left out, one thing after another until the table fits, and
  ///   told below it; what is still too wide is divided.
  func text(width: Int?) -> String {
    guard !rows.isEmpty else { return "no rows" }
    guard let width else { return tableText(cells(.everything)) }
    let zeros = Self.counts.filter { count in rows.allSatisfy { $0.delivery[keyPath: count.path] == 0 } }.map(\.title)
    let areAllAcknowledged = rows.allSatisfy { $0.delivery.sent == $0.delivery.acked }
    let hasNoBottleneck = rows.allSatisfy { $0.result.metrics.bottleneck.hasPrefix("none") }
    let leftOut = [[], zeros, areAllAcknowledged ? ["sent", "acked"] : [], hasNoBottleneck ? ["bottleneck"] : []]
    let choices = leftOut.indices.map { Choice(isShort: true, leftOut: leftOut[...$0].flatMap { $0 }) }
    let chosen = choices.first { fits(cells($0), width) } ?? choices[choices.count - 1]
    let table = tableText(cells(chosen), keys: (rows.count > 1 ? 1 : 0) + (rows.first?.settings.count ?? 0), width: width)
    var notes: [String] = []
    if chosen.leftOut.contains("sent") { notes.append("every record sent was acknowledged") }
    if chosen.leftOut.contains("bottleneck") { notes.append("no bottleneck in any row") }
    if !chosen.leftOut.isEmpty, !zeros.isEmpty { notes.append("0 in every row: \(zeros.joined(separator: ", "))") }
    return notes.isEmpty ? table : "\(table)\n\n\(notes.joined(separator: "; ")) (--wide shows all columns)"
  }

  /// What a table is made of.
  private struct Choice {
    static let everything = Choice(isShort: false, leftOut: [])

    /// Whether the bottleneck is told in a word or two.
    var isShort: Bool
    /// Titles of columns.
    var leftOut: [String]
  }

  private static var counts: [(title: String, path: KeyPath<Delivery, Int>)] {
    [("failed", \.failed), ("unknown", \.unknown), ("lost", \.lost), ("dup", \.duplicated), ("reordered", \.reordered)]
  }

  private func cells(_ choice: Choice) -> [[Column]] { order.map { columns(of: $0, choice) } }

  private func columns(of number: Int, _ choice: Choice) -> [Column] {
    let row = rows[number], delivery = row.delivery
    func figure(_ title: String, _ spread: SeedSpread?, _ text: (Double) -> String) -> Column {
      .right(title, spread.map { row.isOverSeeds ? $0.text(text) : text($0.mean) } ?? "-")
    }
    func rate(_ rate: Double) -> String { grouped(Int64(rounding: rate)) }
    var columns = rows.count > 1 ? [Column(title: "", value: front.contains(number) ? "*" : " ")] : []
    columns += row.settings.map { Column(title: $0.key, value: $0.value) }
    if isOverloaded { columns.append(figure("offered/s", row.spread(\.offered), rate)) }
    columns += [figure("records/s", row.spread(\.publish), rate), figure("MB/s", row.spread(\.publish, \.bytesPerSecond)) { fixed($0 / 1e6, places: 1) }]
    if tellsCompression {
      columns += [
        figure("ratio", SeedSpread(row.runs.compactMap(\.metrics.volume.compressionRatio))) { fixed($0, places: 2) },
        figure("wire MB/s", SeedSpread(row.runs.compactMap(\.metrics.wireRate))) { fixed($0 / 1e6, places: 1) },
      ]
    }
    columns += [
      figure("p50 ms", row.spread(\.publish, \.p50), significant), figure("p99 ms", row.spread(\.publish, \.p99), significant),
      figure("p99.9 ms", row.spread(\.publish, \.p999), significant), figure("e2e p99 ms", row.spread(\.endToEnd, \.p99), significant),
    ]
    if isOverloaded { columns.append(.right("never sent", row.neverSent.map { grouped($0) } ?? "-")) }
    let records = [
      ("sent", delivery.sent), ("acked", delivery.acked), ("failed", delivery.failed), ("unknown", delivery.unknown), ("lost", delivery.lost),
      hasPermitted ? ("permitted", delivery.permittedLoss) : nil, hasPermitted ? ("violations", delivery.violations) : nil, hasDeleted ? ("deleted", delivery.deleted) : nil,
      ("dup", delivery.duplicated), ("reordered", delivery.reordered),
    ].compactMap { $0 }
    columns += records.filter { !choice.leftOut.contains($0.0) }.map { .right($0.0, grouped($0.1)) }
    let bottleneck = row.result.metrics.bottleneck
    if choice.leftOut.contains("bottleneck") { return columns }
    return columns + [Column(title: "bottleneck", value: choice.isShort ? Bottleneck.short(bottleneck) : bottleneck)]
  }
}

extension Metrics {
  /// Bytes a second on all links together; nil of a window without length.
  fileprivate var wireRate: Double? { window.seconds > 0 ? Double(volume.networkBytes) / window.seconds : nil }
}
