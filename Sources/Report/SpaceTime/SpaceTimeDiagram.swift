import Measurement
import Results

/// An explanation as a picture: a vertical line for each node, time downward in the order of the explanation's lines, messages as arrows, faults as bands, elections and the
/// violation marked. Not to scale: where more than a moment lies between two lines, the picture says how long.
public struct SpaceTimeDiagram: Sendable {
  /// A file of its own, on white.
  public let file: String
  /// An element for a page, in the page's colours.
  let element: String

  static let title = "What led to it, as messages and faults between nodes"

  /// - Parameter prefix: the beginning of the ids in it, where several are on a page.
  public init(_ explanation: Explanation, prefix: String = "") {
    let layout = SpaceTimeLayout(explanation)
    let body = SpaceTimeBody(explanation, layout, prefix).text
    let size = "viewBox=\"0 0 \(layout.width) \(layout.height)\""
    func svg(_ attributes: String, _ body: String) -> String {
      "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size)\(attributes) role=\"img\" aria-label=\"\(escaped(Self.title))\" font-family=\"\(ChartStyle.font), Verdana, sans-serif\" "
        + "font-size=\"\(ChartStyle.fontSize)\">\n\(body)</svg>\n"
    }
    file = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      + svg(
        " width=\"\(layout.width)\" height=\"\(layout.height)\"",
        "<rect width=\"100%\" height=\"100%\" fill=\"\(ChartStyle.paper)\"/>\n" + SpaceTimeColour.allCases.reduce(body) { $0.replacing("{\($1.rawValue)}", with: $1.ofFile) })
    element = svg("", SpaceTimeColour.allCases.reduce(body) { $0.replacing("{\($1.rawValue)}", with: $1.ofPage) })
  }
}
