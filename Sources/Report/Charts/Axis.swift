import Foundation

/// One axis of a panel with its range and its labelled marks, all set here, so that they are readable whatever the data are.
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
  /// Lines across the panel at the marks.
  var hasGrid = true
  var fontSize = ChartStyle.fontSize

  /// Nothing that is measured is less, in whatever unit; less counts as nothing.
  private static let leastLabelled = 1e-12

  /// From 0 to a little more than the largest value, with about as many marks as asked for.
  static func linear(_ label: String, upTo maximum: Double, marks: Int = 6, text: (Double) -> String) -> Axis {
    let maximum = maximum > leastLabelled ? maximum : 1
    let step = step(for: maximum, marks: max(marks, 1))
    let count = Int(saturating: (maximum * 1.04 / step).rounded(.up))
    let ticks = (0...count).map { Tick(position: Double($0) * step, label: $0 == 0 ? "0" : text(Double($0) * step)) }
    return Axis(label: label, from: 0, to: Double(count) * step, ticks: ticks)
  }

  /// Of 1, 2 and 5 times the powers of ten: the least that reaches the maximum in so many steps.
  private static func step(for maximum: Double, marks: Int) -> Double {
    var decade = 1.0
    while decade > maximum { decade /= 10 }
    while decade * 10 <= maximum { decade *= 10 }
    return [0.1, 0.2, 0.5, 1, 2, 5].map { $0 * decade }.first { maximum / $0 <= Double(marks) } ?? decade * 10
  }

  /// Around values that lie so close to each other that 0 is left out, but never closer than a tenth of them.
  static func near(_ label: String, from least: Double, to largest: Double, marks: Int = 6, text: (Double) -> String) -> Axis {
    let span = max(largest - least, largest * 0.1), middle = (least + largest) / 2
    let step = step(for: span * 1.2, marks: marks)
    let first = Int(saturating: ((middle - span * 0.6) / step).rounded(.down)), last = Int(saturating: ((middle + span * 0.6) / step).rounded(.up))
    return Axis(
      label: label, from: Double(first) * step, to: Double(last) * step, ticks: (first...last).map { Tick(position: Double($0) * step, label: text(Double($0) * step)) })
  }

  /// From the mark below the least value to the mark above the largest. Marks stand at 1, 2 and 5 times the powers of ten, or at the powers
  /// alone where that would be more than asked for.
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

  /// The same marks without their words, for a panel beside another one.
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
    // gnuplot takes the words of a mark for a format, in which a single % stands before a letter.
    let marks = ticks.map { "\(quoted($0.label.replacing("%", with: "%%"))) \($0.position)" }.joined(separator: ", ")
    lines.append(ticks.isEmpty ? "unset \(name)tics" : "set \(name)tics (\(marks)) font '\(ChartStyle.font),\(fontSize)'")
    if !hasGrid { lines.append("set grid no\(name)tics") }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A text as gnuplot takes it as it is, on one line.
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
  /// How far along the axis a value lies, from 0 to 1.
  func part(of value: Double) -> Double {
    guard isLogarithmic else { return (value - from) / (to - from) }
    return log10(value / from) / log10(to / from)
  }
}
