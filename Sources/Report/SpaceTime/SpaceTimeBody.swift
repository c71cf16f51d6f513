import Foundation
import Measurement
import Results

/// The elements of a space-time diagram.
struct SpaceTimeBody {
  private(set) var text = ""
  private let explanation: Explanation
  private let layout: SpaceTimeLayout

  private let head: String

  init(_ explanation: Explanation, _ layout: SpaceTimeLayout, _ prefix: String) {
    head = prefix + "space-time-head"
    self.explanation = explanation
    self.layout = layout
    definitions()
    bands()
    lifelines()
    gaps()
    for index in explanation.lines.indices { arrow(index) }
    for index in explanation.lines.indices { row(index) }
    legend()
  }

  private mutating func add(_ element: String) { text += element + "\n" }

  private func number(_ value: Double) -> String { fixed(value, places: 1) }

  private mutating func definitions() {
    add(
      "<defs><marker id=\"\(head)\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">"
        + "<path d=\"M 0 0 L 10 5 L 0 10 z\" fill=\"\(SpaceTimeColour.message.mark)\"/></marker></defs>")
  }

  // MARK: Nodes and faults

  private mutating func lifelines() {
    let bottom = (layout.rows.last ?? SpaceTimeLayout.top) + 14
    for node in layout.nodes {
      guard let x = layout.x(node) else { continue }
      add("<text x=\"\(number(x))\" y=\"24\" text-anchor=\"middle\" fill=\"\(SpaceTimeColour.ink.mark)\" font-weight=\"bold\">\(escaped(shortened(node, to: 14)))</text>")
      add("<line x1=\"\(number(x))\" y1=\"34\" x2=\"\(number(x))\" y2=\"\(number(bottom))\" stroke=\"\(SpaceTimeColour.line.mark)\" stroke-width=\"1.5\"/>")
    }
  }

  /// Faults lie as bands on the lines of the nodes that they act on.
  private mutating func bands() {
    for (index, line) in explanation.lines.enumerated() where line.kind == .fault {
      let top = layout.rows[index], bottom = max(layout.end(line.untilSeconds), top + SpaceTimeLayout.rowHeight * 0.6)
      for (place, node) in (line.nodes ?? []).enumerated() {
        guard let x = layout.x(node), line.nodes?.firstIndex(of: node) == place else { continue }
        add(
          "<rect x=\"\(number(x - 15))\" y=\"\(number(top))\" width=\"30\" height=\"\(number(bottom - top))\" rx=\"3\" fill=\"\(SpaceTimeColour.bad.mark)\" fill-opacity=\"0.14\">"
            + "<title>\(escaped(line.what))</title></rect>")
      }
    }
  }

  private mutating func gaps() {
    for index in explanation.lines.indices.dropFirst() {
      let passed = explanation.lines[index].seconds - explanation.lines[index - 1].seconds
      guard passed > SpaceTimeLayout.gap else { continue }
      let y = (layout.rows[index] + layout.rows[index - 1]) / 2
      add(stroke(across: y, .paper, width: 7))
      let words = "\(durationText(passed)) later"
      add("<text x=\"\(number(layout.textLeft))\" y=\"\(number(y + 4))\" fill=\"\(SpaceTimeColour.quiet.mark)\" font-size=\"11\" font-style=\"italic\">\(words)</text>")
    }
  }

  /// A line across those of all nodes.
  private func stroke(across y: Double, _ colour: SpaceTimeColour, width: Int) -> String {
    let from = number(SpaceTimeLayout.timeWidth), to = number(layout.textLeft - 12)
    return "<line x1=\"\(from)\" y1=\"\(number(y))\" x2=\"\(to)\" y2=\"\(number(y))\" stroke=\"\(colour.mark)\" stroke-width=\"\(width)\"/>"
  }

  private func durationText(_ seconds: Double) -> String { "\(fixed(seconds, places: seconds < 10 ? 1 : 0)) s" }

  // MARK: Lines

  private mutating func arrow(_ index: Int) {
    let line = explanation.lines[index]
    guard let from = line.from.flatMap(layout.x), let to = layout.x(line.who), let sent = line.sentSeconds else { return }
    let y = layout.rows[index], start = layout.y(sent, before: index), inset = from < to ? -7.0 : 7.0
    add(
      "<line x1=\"\(number(from))\" y1=\"\(number(start))\" x2=\"\(number(to + inset))\" y2=\"\(number(y))\" stroke=\"\(SpaceTimeColour.message.mark)\" stroke-width=\"1.6\" "
        + "marker-end=\"url(#\(head))\"><title>\(escaped(line.told))</title></line>")
  }

  private mutating func row(_ index: Int) {
    let line = explanation.lines[index], y = layout.rows[index]
    let time = fixed(line.seconds, places: 3)
    add("<text x=\"\(number(SpaceTimeLayout.timeWidth - 10))\" y=\"\(number(y + 4))\" text-anchor=\"end\" fill=\"\(SpaceTimeColour.quiet.mark)\">\(time)</text>")
    let isBad = line.kind == .evidence || line.kind == .fault || line.kind == .loss
    if line.kind == .evidence { add(stroke(across: y, .bad, width: 3)) }
    for x in marked(line) { add(mark(line, at: x, y)) }
    let colour = isBad ? SpaceTimeColour.bad : line.kind == .election ? .election : line.kind == .message ? .message : .ink
    let words = "\(index + 1)  \(line.who == "schedule" || line.kind == .evidence ? "" : line.who + " ")\(line.told)"
    add(
      "<text x=\"\(number(layout.textLeft))\" y=\"\(number(y + 4))\" fill=\"\(colour.mark)\"\(line.kind == .evidence ? " font-weight=\"bold\"" : "")>"
        + "\(escaped(shortened(words, to: line.kind == .evidence ? 82 : 92)))<title>\(escaped(words))</title></text>")
  }

  /// Where a line has its mark: at its node, and for a fault at the nodes that it acts on.
  private func marked(_ line: Explanation.Line) -> [Double] {
    line.kind == .fault || line.kind == .remedy ? (line.nodes ?? []).compactMap(layout.x) : [layout.x(line.who)].compactMap { $0 }
  }

  private func mark(_ line: Explanation.Line, at x: Double, _ y: Double) -> String {
    let title = "<title>\(escaped(line.told))</title>"
    switch line.kind {
    case .election:
      return "<path d=\"M \(number(x)) \(number(y - 8)) l 8 8 l -8 8 l -8 -8 z\" fill=\"\(SpaceTimeColour.election.mark)\">\(title)</path>"
    case .fault, .remedy:
      let colour = line.kind == .fault ? SpaceTimeColour.bad : SpaceTimeColour.quiet
      return "<path d=\"M \(number(x - 5)) \(number(y - 5)) l 10 10 m 0 -10 l -10 10\" stroke=\"\(colour.mark)\" stroke-width=\"2.4\" fill=\"none\">\(title)</path>"
    case .loss: return "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"6\" fill=\"\(SpaceTimeColour.bad.mark)\">\(title)</circle>"
    case .client: return "<rect x=\"\(number(x - 5))\" y=\"\(number(y - 5))\" width=\"10\" height=\"10\" fill=\"\(SpaceTimeColour.ink.mark)\">\(title)</rect>"
    case .message: return "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"3.5\" fill=\"\(SpaceTimeColour.message.mark)\">\(title)</circle>"
    case .state, .evidence: return "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"5\" fill=\"\(SpaceTimeColour.ink.mark)\">\(title)</circle>"
    }
  }

  private func shortened(_ text: String, to count: Int) -> String { text.count <= count ? text : text.prefix(count - 1) + "…" }

  private mutating func legend() {
    let y = Double(layout.height) - 18
    var x = SpaceTimeLayout.timeWidth
    let samples: [(Explanation.Line.Kind, String)] = [
      (.client, "client"), (.message, "message"), (.election, "election"), (.loss, "log cut or gone"), (.fault, "fault"), (.state, "anything else"),
    ]
    for (kind, words) in samples where explanation.lines.contains(where: { $0.kind == kind }) {
      add(mark(Explanation.Line(kind, seconds: 0, who: "", what: words), at: x + 8, y - 4))
      add("<text x=\"\(number(x + 22))\" y=\"\(number(y))\" fill=\"\(SpaceTimeColour.quiet.mark)\" font-size=\"11\">\(words)</text>")
      x += 40 + Double(words.count) * ChartStyle.smallLetterWidth
    }
  }
}
