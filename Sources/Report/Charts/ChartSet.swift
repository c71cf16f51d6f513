import Results

/// All charts for which a report has data, in reading order.
public struct ChartSet: Sendable {
  public let charts: [Chart]

  /// - Parameter prefix: the start of the charts' names, if several reports are on one page.
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
  /// The rows with a timeline of their own: the only one, or the first few that had a fault.
  var rowsWithTimeline: [Int] { rows.count == 1 ? [0] : Array(rows.indices.filter { !rows[$0].result.metrics.disturbances.isEmpty }.prefix(6)) }
}
