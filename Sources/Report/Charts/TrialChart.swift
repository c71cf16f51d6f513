import Measurement
import Results

/// What the charts of a trial have in common: the time of the scenario from left to right, and faults as stretches of the background.
enum TrialChart {
  /// From the begin of the scenario to the end of the run.
  static func axis(until end: Double) -> Axis {
    let end = max(end, 0.001)
    var time = Axis.linear("time of the scenario", upTo: end, marks: 10) { timeText(milliseconds: $0 * 1_000) }
    time.to = end * 1.01
    time.ticks.removeAll { $0.position > time.to }
    return time
  }
}

extension [FaultBand] {
  /// gnuplot's commands for stretches of the background. Where several faults are at work the background is no darker.
  var backdrops: String {
    var stretches: [(from: Double, to: Double?)] = []
    for band in sorted(by: { $0.fromSeconds < $1.fromSeconds }) {
      guard let last = stretches.last, last.to.map({ band.fromSeconds <= $0 }) ?? true else {
        stretches.append((band.fromSeconds, band.toSeconds))
        continue
      }
      if let end = last.to { stretches[stretches.count - 1].to = band.toSeconds.map { Swift.max($0, end) } }
    }
    return stretches.map { from, to in
      "set object rectangle from first \(from), graph 0 to \(to.map { "first \($0)" } ?? "graph 1"), graph 1 behind "
        + "fillcolor rgb '\(ChartStyle.vermillion)' fillstyle transparent solid 0.12 noborder\n"
    }.joined()
  }
}

extension RunResult {
  /// When the last thing is told of, on the scenario's clock: the charts of a trial end there.
  var endSeconds: Double {
    var ends: [Double] = story.filter { $0.weight > .detail }.map(\.time.seconds)
    for band in bands { ends.append(band.toSeconds ?? band.fromSeconds) }
    for group in groups?.groups ?? [] { ends.append(group.owners?.endSeconds ?? 0) }
    ends.append(coordinatedTransactions?.timeline?.endSeconds ?? 0)
    return ends.max() ?? 0
  }
}
