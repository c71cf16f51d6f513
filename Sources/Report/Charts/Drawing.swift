/// A rectangle in pixels; rows count from the top.
struct PanelFrame: Equatable {
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int
}

/// One plot: its place, its axes, and what it shows.
struct Panel {
  var frame: PanelFrame
  var title = ""
  /// The distance from the title to the frame, in pixels.
  var titleGap = 11
  var x: Axis
  var y: Axis
  var curves: [Curve] = []
  /// Additional gnuplot commands before the plot.
  var commands = ""
}

/// One line, one set of marks or one set of boxes in a panel.
struct Curve {
  var title: String
  /// A missing value is `nan`: the line has a gap.
  var points: [[Double]]
  /// What follows the data in gnuplot's `plot`, without the two sizes below.
  var style: String
  /// In pixels; nil where the style says it, or there is no line.
  var lineWidth: Double?
  /// Of marks, next to those of their kind.
  var pointSize: Double?

  static func line(_ title: String, _ points: [[Double]], index: Int, width: Double = ChartStyle.lineWidth) -> Curve {
    Curve(title: title, points: points, style: "with lines linecolor rgb '\(ChartStyle.series[index])' dashtype \(ChartStyle.dashes[index])", lineWidth: width)
  }

  static func linePoints(_ title: String, _ points: [[Double]], index: Int) -> Curve {
    Curve(
      title: title, points: points,
      style: "with linespoints linecolor rgb '\(ChartStyle.series[index])' dashtype \(ChartStyle.dashes[index]) pointtype \(ChartStyle.marks[index])",
      lineWidth: ChartStyle.lineWidth, pointSize: 0.7)
  }

  /// Boxes from `[x, y, left, right, bottom, top]`.
  static func boxes(_ title: String, _ points: [[Double]], colour: String) -> Curve {
    Curve(
      title: title, points: points,
      style: "with boxxyerror fillstyle solid 1.0 border linecolor rgb '\(ChartStyle.paper)' fillcolor rgb '\(colour)' linewidth 0.5")
  }
}

/// Combines the gnuplot commands for a chart, panel by panel. Positions are in pixels, so that nothing depends on font metrics.
struct Drawing {
  let width: Int
  let height: Int
  private var data = ""
  private var body = ""
  private var blocks = 0
  private var overlay = ""
  /// In the order of the plots.
  private(set) var curveTitles: [String] = []

  init(width: Int = ChartStyle.width, height: Int) {
    self.width = width
    self.height = height
  }

  var script: String { data + "set multiplot\n" + body + "unset multiplot\n" }

  /// The title and a line below it. Must come before the first panel.
  mutating func title(_ title: String, _ subtitle: String = "") {
    label(title, x: 14, y: 20, size: ChartStyle.titleSize, bold: true)
    if !subtitle.isEmpty { label(subtitle, x: 14, y: 40, size: ChartStyle.smallSize, colour: ChartStyle.quietInk) }
  }

  /// The rows of pixels that a title takes.
  static func titleHeight(hasSubtitle: Bool) -> Int { hasSubtitle ? 52 : 34 }

  /// Text at a position in the chart. Must come before the first panel.
  mutating func label(
    _ text: String, x: Int, y: Int, size: Int = ChartStyle.fontSize, bold: Bool = false, colour: String = ChartStyle.ink, align: String = "left"
  ) {
    overlay += "set label \(quoted(text)) at screen \(screenX(x)), screen \(screenY(y)) \(align) front "
    overlay += "font '\(ChartStyle.font)\(bold ? ":Bold" : ""),\(size)' textcolor rgb '\(colour)'\n"
  }

  /// A short line with a mark on it, as in a legend. Must come before the first panel.
  mutating func sample(ofLine index: Int, x: Int, y: Int, hasMark: Bool) {
    let colour = ChartStyle.series[index]
    overlay += "set arrow from screen \(screenX(x)), screen \(screenY(y)) to screen \(screenX(x + 26)), screen \(screenY(y)) nohead front "
    overlay += "linecolor rgb '\(colour)' linewidth \(ChartStyle.lineWidth) dashtype \(ChartStyle.dashes[index])\n"
    if hasMark { mark(ChartStyle.marks[index], colour, x: x + 13, y: y) }
  }

  /// A filled square, as in a legend. Must come before the first panel.
  mutating func swatch(_ colour: String, x: Int, y: Int, opacity: String = "solid 1.0") {
    overlay += "set object rectangle from screen \(screenX(x)), screen \(screenY(y - 5)) to screen \(screenX(x + 12)), screen \(screenY(y + 5)) front "
    overlay += "fillcolor rgb '\(colour)' fillstyle \(opacity) noborder\n"
  }

  /// A thin vertical line. Must come before the first panel.
  mutating func line(_ colour: String, x: Int, from top: Int, to bottom: Int) {
    overlay += "set arrow from screen \(screenX(x)), screen \(screenY(top)) to screen \(screenX(x)), screen \(screenY(bottom)) nohead "
    overlay += "linecolor rgb '\(colour)' linewidth 1\n"
  }

  /// A thin line with ends, as a legend shows it. Must come before the first panel.
  mutating func whisker(x: Int, y: Int) {
    overlay += "set arrow from screen \(screenX(x + 4)), screen \(screenY(y)) to screen \(screenX(x + 24)), screen \(screenY(y)) heads size screen 0.004, 90 front "
    overlay += "linecolor rgb '\(ChartStyle.ink)' linewidth 1.2\n"
  }

  /// One mark, as a legend shows it. Must come before the first panel.
  mutating func mark(_ mark: Int, _ colour: String, x: Int, y: Int) {
    overlay += "set label '' at screen \(screenX(x)), screen \(screenY(y)) point pointtype \(mark) pointsize 1 linecolor rgb '\(colour)' front\n"
  }

  mutating func panel(_ panel: Panel) {
    let frame = panel.frame
    body += ChartStyle.panelPreamble
    body += overlay
    overlay = ""
    body += "set lmargin at screen \(screenX(frame.left))\nset rmargin at screen \(screenX(frame.right))\n"
    body += "set tmargin at screen \(screenY(frame.top))\nset bmargin at screen \(screenY(frame.bottom))\n"
    body += panel.x.commands("x") + panel.y.commands("y")
    if !panel.title.isEmpty {
      body += "set label \(quoted(panel.title)) at screen \(screenX(frame.left)), screen \(screenY(frame.top - panel.titleGap)) left front "
      body += "font '\(ChartStyle.font):Bold,\(ChartStyle.fontSize)' textcolor rgb '\(ChartStyle.ink)'\n"
    }
    // gnuplot's own positions of axis labels differ between terminals.
    let name = "front font '\(ChartStyle.font),\(ChartStyle.fontSize)' textcolor rgb '\(ChartStyle.quietInk)'\n"
    if !panel.x.label.isEmpty {
      body += "set label \(quoted(panel.x.label)) at screen \(screenX((frame.left + frame.right) / 2)), screen \(screenY(frame.bottom + 38)) center \(name)"
    }
    if !panel.y.label.isEmpty {
      body += "set label \(quoted(panel.y.label)) at screen \(screenX(14)), screen \(screenY((frame.top + frame.bottom) / 2)) center rotate by 90 \(name)"
    }
    body += panel.commands
    let curves = panel.withLinesApart.curves.map { "\(block($0.points)) using \(columns($0)) \($0.command) title \(quoted($0.title))" }
    curveTitles += curves.isEmpty ? [""] : panel.curves.map(\.title)
    // gnuplot draws axes and labels only together with a curve.
    body += "plot " + (curves.isEmpty ? "NaN notitle" : curves.joined(separator: ", \\\n  ")) + "\n"
  }

  private func columns(_ curve: Curve) -> String { (1...max(2, curve.points.first?.count ?? 2)).map(String.init).joined(separator: ":") }

  /// Writes data into the script itself.
  private mutating func block(_ points: [[Double]]) -> String {
    blocks += 1
    let name = "$data\(blocks)"
    data += "\(name) << EOD\n"
    for point in points { data += point.map { $0.isFinite ? $0.description : "NaN" }.joined(separator: " ") + "\n" }
    if points.isEmpty { data += "NaN NaN\n" }
    data += "EOD\n"
    return name
  }

  private func screenX(_ pixels: Int) -> String { (Double(pixels) / Double(width)).description }
  private func screenY(_ pixels: Int) -> String { (1 - Double(pixels) / Double(height)).description }
}
