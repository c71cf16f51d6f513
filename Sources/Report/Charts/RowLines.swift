/// Rows one below the other, with their names to the left: the vertical axis of bar charts.
struct RowLines {
  /// Half of a bar's height, with lines at a distance of 1.
  private static let half = 0.36
  /// Where the names end and the panel begins, in pixels.
  let left: Int
  /// The height of all lines together, in pixels.
  let height: Int
  private let names: [String]

  init(names: [String]) {
    let longest = 52
    self.names = names.map { $0.shortened(to: longest) }
    left = 22 + Int(Double(self.names.map(\.count).max() ?? 0) * ChartStyle.smallLetterWidth)
    height = max(44, names.count * 22)
  }

  /// A bar on a line, as `Curve.boxes` takes it.
  static func bar(_ line: Int, from: Double, to: Double) -> [Double] { bar(line, from: from, to: to, part: 0, of: 1) }

  /// One of several bars that share a line, the first one at the top.
  static func bar(_ line: Int, from: Double, to: Double, part: Int, of count: Int) -> [Double] {
    let top = Double(line) - half, height = 2 * half / Double(max(count, 1))
    let bottom = part + 1 >= count ? Double(line) + half : top + height * Double(part + 1)
    return [(from + to) / 2, Double(line), from, to, top + height * Double(part), bottom]
  }

  /// The first row is at the top.
  func axis(isLabelled: Bool) -> Axis {
    let ticks = names.enumerated().map { Axis.Tick(position: Double($0.offset), label: isLabelled ? $0.element : "") }
    return Axis(label: "", from: Double(names.count) - 0.5, to: -0.5, ticks: ticks, hasGrid: false, fontSize: ChartStyle.smallSize)
  }
}
