import Primitives

extension StationMetrics {
  public init(_ report: StationReport) {
    let seconds = report.window.seconds
    let completions = Double(report.completions)
    func perSecond(_ value: Double) -> Double { seconds > 0 ? value / seconds : 0 }
    func perCompletion(_ nanoseconds: Int64) -> Double? { report.completions > 0 ? Double(nanoseconds) / 1e6 / completions : nil }
    self.init(
      node: report.node, kind: report.kind, servers: report.servers, utilisation: perSecond(report.busy.seconds / Double(report.servers)),
      completionsPerSecond: perSecond(completions), bytesPerSecond: perSecond(Double(report.bytes)), meanMilliseconds: perCompletion(report.residence),
      serviceMilliseconds: perCompletion(report.busy.nanoseconds), meanJobs: perSecond(Double(report.area) / 1e9))
  }
}
