extension Panel {
  /// Two lines nearer to each other than this are one to the eye, in pixels.
  private static let reach = 2.0
  /// By so much a line is wider than the one that lies on it.
  private static let step = 2.0

  /// The same lines, each wider for every later one that lies on it, so that it shows on both sides.
  var withLinesApart: Panel {
    var panel = self
    for index in curves.indices {
      guard let width = curves[index].lineWidth else { continue }
      let above = curves[(index + 1)...].count { $0.lineWidth != nil && coincide(curves[index], $0) }
      panel.curves[index].lineWidth = width + Double(min(above, 3)) * Self.step
      if let size = curves[index].pointSize { panel.curves[index].pointSize = size + Double(min(above, 3)) * 0.3 }
    }
    return panel
  }

  /// Whether two lines lie on each other in at least half of the points of either.
  private func coincide(_ first: Curve, _ second: Curve) -> Bool {
    let places = zip(first.points, second.points).filter { $0.count > 1 && $1.count > 1 && $0[0] == $1[0] && $0[1].isFinite && $1[1].isFinite }
    let near = places.count { abs(y.part(of: $0[1]) - y.part(of: $1[1])) * Double(frame.bottom - frame.top) <= Self.reach }
    return near > 0 && near * 2 >= max(first.points.count { $0.last?.isFinite ?? false }, second.points.count { $0.last?.isFinite ?? false })
  }
}

extension Curve {
  /// What follows the data in gnuplot's `plot`.
  var command: String { style + (lineWidth.map { " linewidth \($0)" } ?? "") + (pointSize.map { " pointsize \($0)" } ?? "") }
}
