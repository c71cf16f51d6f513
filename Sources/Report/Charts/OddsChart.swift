import Measurement
import Results

extension Chart {
  /// How many futures of a trial fail, by the instant from which they part from it. The faults are stretches of the background.
  static func odds(_ result: RunResult) -> Chart? {
    guard let odds = result.odds, !odds.points.isEmpty else { return nil }
    let left = 76, right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: false) + 8, bottom = top + 180
    let time = TrialChart.axis(until: odds.points.last?.instant.seconds ?? 0)
    var drawing = Drawing(height: bottom + 56)
    drawing.title("Futures that violate \(odds.guarantee), by the instant from which they part from the trial", "")
    var panel = Panel(
      frame: PanelFrame(left: left, top: top, right: right, bottom: bottom), x: time, y: .linear("failing futures", upTo: 1, marks: 4) { "\(figureText($0 * 100)) %" },
      curves: [.linePoints("failing futures", odds.points.map { [$0.instant.seconds, $0.share] }, index: 0)])
    panel.commands = result.bands.filter { $0.fromSeconds <= time.to }.backdrops
    drawing.panel(panel)
    return Chart(name: "odds", title: "When the failure became inevitable", description: odds.text, drawing: drawing)
  }
}
