import Foundation

/// One axis of a panel with its range and labelled marks, all chosen here, so that they are readable for any data.
struct Axis: Equatable {
  struct Tick: Equatable {
    var position: Double
    var label: String
  }

  var label: String
  var from: Double
  var to: Double
  var ticks: [Tick]
  var isLogarithmic = false
  /// Whether lines cross the panel at the marks.
  var hasGrid = true
  var fontSize = ChartStyle.fontSize

  /// No measured value is smaller, in any unit; smaller values count as zero.
  private static let leastLabelled = 1e-12

  /// From 0 to slightly above the largest value, with about the requested number of marks.
  static func linear(_ label: String, upTo maximum: Double, marks: Int = 6, text: (Double) -> String) -> Axis {
    let maximum = maximum > leastLabelled ? maximum : 1
    let step = step(for: maximum, marks: max(marks, 1))
    let count = Int(saturating: (maximum * 1.04 / step).rounded(.up))
    let ticks = (0...count).map { Tick(position: Double($0) * step, label: $0 == 0 ? "0" : text(Double($0) * step)) }
    return Axis(label: label, from: 0, to: Double(count) * step, ticks: ticks)
  }

  /// The smallest of 1, 2 and 5 times the powers of ten that reaches the maximum in this number of steps.
  private static func step(for maximum: Double, marks: Int) -> Double {
    var decade = 1.0
    while decade > maximum { decade /= 10 }
    while decade * 10 <= maximum { decade *= 10 }
    return [0.1, 0.2, 0.5, 1, 2, 5].map { $0 * decade }.first { maximum / $0 <= Double(marks) } ?? decade * 10
  }

  /// Around values that are so close together that 0 is left out, but never spanning less than a tenth of them.
  static func near(_ label: String, from least: Double, to largest: Double, marks: Int = 6, text: (Double) -> String) -> Axis {
    let span = max(largest - least, largest * 0.1), middle = (least + largest) / 2
    let step = step(for: span * 1.2, marks: marks)
    let first = Int(saturating: ((middle - span * 0.6) / step).rounded(.down)), last = Int(saturating: ((middle + span * 0.6) / step).rounded(.up))
    return Axis(
      label: label, from: Double(first) * step, to: Double(last) * step, ticks: (first...last).map { Tick(position: Double($0) * step, label: text(Double($0) * step)) })
  }

  /// From the mark below the smallest value to the mark above the largest. Marks are at 1, 2 and 5 times the powers of ten, or only at the powers
  /// if that would be too many.
  static func logarithmic(_ label: String, from least: Double, to largest: Double, marks: Int = 8, text: (Double) -> String) -> Axis {
    let least = least > leastLabelled ? least : 1, largest = max(largest, least)
    var decade = 1.0
    while decade > least { decade /= 10 }
    while decade * 10 <= least { decade *= 10 }
    var positions: [Double] = []
    while decade <= largest * 10 {
      positions += [decade, decade * 2, decade * 5]
      decade *= 10
    }
    let first = positions.lastIndex { $0 <= least } ?? 0
    let last = positions.firstIndex { $0 >= largest } ?? positions.count - 1
    var chosen = Array(positions[first...max(last, min(first + 1, positions.count - 1))])
    let from = chosen[0], to = chosen[chosen.count - 1]
    if chosen.count > marks {
      let decades = stride(from: (3 - first % 3) % 3, to: chosen.count, by: 3).map { chosen[$0] }
      let step = (decades.count + marks - 1) / marks
      chosen = stride(from: 0, to: decades.count, by: step).map { decades[$0] }
    }
    return Axis(label: label, from: from, to: to, ticks: chosen.map { Tick(position: $0, label: text($0)) }, isLogarithmic: true)
  }

  /// The same marks without labels, for a panel beside another one.
  var unlabelled: Axis {
    var axis = self
    axis.label = ""
    axis.ticks = ticks.map { Tick(position: $0.position, label: "") }
    return axis
  }

  /// gnuplot commands for the axis called `x` or `y`.
  func commands(_ name: String) -> String {
    var lines = ["set \(name)range [\(from):\(to)]"]
    if isLogarithmic { lines.append("set logscale \(name) 10") }
    // gnuplot treats a label as a format, in which a single % has a meaning.
    let marks = ticks.map { "\(quoted($0.label.replacing("%", with: "%%"))) \($0.position)" }.joined(separator: ", ")
    lines.append(ticks.isEmpty ? "unset \(name)tics" : "set \(name)tics (\(marks)) font '\(ChartStyle.font),\(fontSize)'")
    if !hasGrid { lines.append("set grid no\(name)tics") }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A text that gnuplot takes literally, on one line.
func quoted(_ text: String) -> String {
  var result = "'"
  for scalar in text.unicodeScalars {
    switch scalar {
    case "'": result += "''"
    case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "'"
}

extension Axis {
  /// The position of a value on the axis, from 0 to 1.
  func part(of value: Double) -> Double {
    guard isLogarithmic else { return (value - from) / (to - from) }
    return log10(value / from) / log10(to / from)
  }
}
