import Measurement
import Results

// The page's sections about several seeds; empty if there is only one.

extension BenchPart {
  /// Which figures are means, and which belong to a single run.
  var seedsNote: [Page.Block] {
    guard let text = report.seedsText, let first = report.rows.first(where: \.isOverSeeds)?.result.seed else { return [] }
    let words = "Every setting ran with each of the seeds \(text). Findings, results, effects and the charts of throughput and p99 are about means "
      + "over the seeds. Percentile curves, terms, stations, bytes and what is drawn over time are of seed \(first). "
      + "Guarantees, faults and laws are of every run."
    return [.paragraph([.text(words)])]
  }

  /// The individual runs, if a row is the mean of several.
  var seeds: Page.Section {
    guard report.seedsText != nil else { return section("seeds", "Seed by seed", []) }
    let rows = runs.indices.map { index -> [PageTable.Cell] in
      let result = runs[index].run, metrics = result.metrics, delivery = result.delivery
      return [
        runName(index), .figure(metrics.throughput.publish?.recordsPerSecond) { grouped(Int64(rounding: $0)) },
        .time(metrics.latency.publish.p50), .time(metrics.latency.publish.p99), .time(metrics.latency.publish.p999),
        .time(metrics.latency.endToEnd.p99), .count(delivery.acked), .harm(delivery.failed), .harm(delivery.unknown), .harm(delivery.lost),
        .harm(delivery.permittedLoss), .harm(delivery.violations), .count(delivery.deleted), .harm(delivery.duplicated), .harm(delivery.reordered), verdict([result]), .text(metrics.bottleneck),
      ]
    }
    let table = PageTable(
      caption: "Each setting with each seed",
      columns: [
        .text("Run"), .number("records/s"), .number("publish p50"), .number("publish p99"), .number("publish p99.9"), .number("end to end p99"),
        .number("acked"), .number("failed"), .number("unknown"), .number("lost"), .number("permitted loss"), .number("violations"), .number("deleted"), .number("duplicated"),
        .number("reordered"), .text("verdict"), .text("bottleneck"),
      ], rows: rows, isSortable: true)
    return section("seeds", "Seed by seed", [.details("Each of the \(runs.count) runs", [.table(table)])])
  }
}
