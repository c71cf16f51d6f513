import Results

/// All charts that a report has something to show for, in the order in which one reads them.
public struct ChartSet: Sendable {
  public let charts: [Chart]

  /// - Parameter prefix: what the names of the charts begin with, where those of several reports stand side by side.
  public init(_ report: BenchReport, prefix: String = "") {
    var charts: [Chart?] = [.overview(report), .search(report), .latencyByPercentile(report), .pareto(report)]
    charts += ChartMetric.allCases.map { .heatMap(report, of: $0) }
    charts += report.tellingKeys.map { .scaling(report, over: $0) }
    charts += Chart.AttributionKind.allCases.map { .attribution(report, of: $0) }
    charts.append(.timelines(report))
    charts += report.ownersCharts
    charts += report.rowsWithTimeline.map { .timeline(report, row: $0) }
    self.charts = charts.compactMap { $0?.named(prefix) }
  }
}

extension BenchReport {
  /// Rows that are shown over time by themselves: the only one, or the first few through which a fault went.
  var rowsWithTimeline: [Int] { rows.count == 1 ? [0] : Array(rows.indices.filter { !rows[$0].result.metrics.disturbances.isEmpty }.prefix(6)) }
}
