import Measurement
import Results

/// Where everything of a space-time diagram stands, in pixels.
struct SpaceTimeLayout {
  static let timeWidth = 74.0, columnWidth = 104.0, textWidth = 620.0, rowHeight = 25.0, gapHeight = 18.0, top = 62.0, bottom = 56.0
  /// In seconds: more than that between two lines is said.
  static let gap = 0.5

  /// The nodes that have a line: controllers, brokers, clients, each in the order of their names.
  let nodes: [String]
  /// Of each line of the explanation.
  let rows: [Double]
  let width: Int
  let height: Int
  private let times: [Double]

  init(_ explanation: Explanation) {
    var names: [String] = []
    for line in explanation.lines {
      for name in [line.who, line.from].compactMap({ $0 }) + (line.nodes ?? []) where !names.contains(name) && name != "schedule" && name != "trial" { names.append(name) }
    }
    nodes = names.enumerated().sorted { (Self.rank($0.element), $0.element, $0.offset) < (Self.rank($1.element), $1.element, $1.offset) }.map(\.element)
    times = explanation.lines.map(\.seconds)
    var rows: [Double] = [], y = Self.top
    for index in times.indices {
      if index > 0 { y += Self.rowHeight + (times[index] - times[index - 1] > Self.gap ? Self.gapHeight : 0) }
      rows.append(y)
    }
    self.rows = rows
    width = Int(Self.timeWidth + Double(nodes.count) * Self.columnWidth + Self.textWidth)
    height = Int(y + Self.bottom)
  }

  private static func rank(_ name: String) -> Int { name.hasPrefix("controller-") ? 0 : name.hasPrefix("broker-") ? 1 : 2 }

  /// Of the line of a node; nil where it has none.
  func x(_ node: String) -> Double? { nodes.firstIndex(of: node).map { Self.timeWidth + (Double($0) + 0.5) * Self.columnWidth } }

  var textLeft: Double { Self.timeWidth + Double(nodes.count) * Self.columnWidth + 8 }

  /// The height of an instant, between the lines around it, and not below the line that it belongs to.
  func y(_ seconds: Double, before row: Int) -> Double {
    guard let next = times.firstIndex(where: { $0 > seconds }), next <= row else { return rows[row] - Self.rowHeight * 0.6 }
    guard next > 0 else { return rows[0] - Self.rowHeight * 0.6 }
    let part = (seconds - times[next - 1]) / (times[next] - times[next - 1])
    return rows[next - 1] + part * (rows[next] - rows[next - 1])
  }

  /// Where something that lasts ends: at the first line behind its end.
  func end(_ seconds: Double?) -> Double {
    guard let seconds, let next = times.firstIndex(where: { $0 >= seconds }) else { return rows.last ?? Self.top }
    return rows[next]
  }
}
