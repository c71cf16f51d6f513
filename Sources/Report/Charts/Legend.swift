/// A legend for the colours of a chart, in columns below its panels.
struct Legend {
  enum Sample {
    /// The index in `ChartStyle.series`.
    case line(Int, hasMark: Bool)
    case swatch(String)
    /// gnuplot's number of the mark, and its colour.
    case mark(Int, String)
    /// From the least to the greatest of something.
    case whisker
    /// As pale as a stretch of time in the background.
    case band(String)
  }

  var entries: [(sample: Sample, name: String)]
  private let rowHeight = 18

  init(_ entries: [(sample: Sample, name: String)]) { self.entries = entries }

  func height(width: Int) -> Int { entries.isEmpty ? 0 : rows(width) * rowHeight + 10 }

  /// Draws the entries row by row, in reading order, so that neighbours in a stack stay neighbours.
  func draw(in drawing: inout Drawing, left: Int, top: Int, width: Int) {
    let columns = columns(width), columnWidth = width / columns
    for (index, entry) in entries.enumerated() {
      let x = left + index % columns * columnWidth, y = top + 10 + index / columns * rowHeight
      switch entry.sample {
      case .line(let series, let hasMark): drawing.sample(ofLine: series, x: x, y: y, hasMark: hasMark)
      case .swatch(let colour): drawing.swatch(colour, x: x + 14, y: y)
      case .mark(let mark, let colour): drawing.mark(mark, colour, x: x + 20, y: y)
      case .whisker: drawing.whisker(x: x, y: y)
      case .band(let colour): drawing.swatch(colour, x: x + 14, y: y, opacity: "transparent solid 0.18")
      }
      let room = Int(Double(columnWidth - 44) / ChartStyle.smallLetterWidth)
      drawing.label(entry.name.shortened(to: room), x: x + 32, y: y, size: ChartStyle.smallSize)
    }
  }

  private func rows(_ width: Int) -> Int {
    let columns = columns(width)
    return (entries.count + columns - 1) / columns
  }

  private func columns(_ width: Int) -> Int {
    let longest = entries.map(\.name.count).max() ?? 0
    let needed = Int(Double(longest) * ChartStyle.smallLetterWidth) + 48
    return max(1, min(entries.count, width / needed))
  }
}

extension String {
  /// The text with at most this many characters: a longer text loses its middle.
  func shortened(to limit: Int) -> String {
    guard count > limit, limit > 1 else { return self }
    let head = (limit - 1) / 2
    return prefix(head) + "…" + suffix(limit - 1 - head)
  }
}

extension [String] {
  /// The names in a list; for a long list, the first six and the number of others.
  var listed: String { prefix(6).joined(separator: "; ") + (count > 6 ? "; and \(count - 6) more" : "") }
}
