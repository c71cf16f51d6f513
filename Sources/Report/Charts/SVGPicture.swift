import Foundation

/// gnuplot's drawing, made fit for pages: without what nobody sees, with a title and a description for those who cannot see it, and with
/// names of its own, so that several can stand in one page.
public struct SVGPicture: Sendable, Equatable {
  /// A file by itself, on white.
  public let file: String
  /// An element of a page; its background, ink and grid take the page's colours.
  public let element: String

  init(gnuplot: String, chart: Chart) {
    var body = Self.body(of: gnuplot)
    body = body.replacing(/rgb\( *(\d+), *(\d+), *(\d+)\)/) { hexColour(Int($0.1) ?? 0, Int($0.2) ?? 0, Int($0.3) ?? 0) }
    body = body.replacing(/font-family="([^":]*)(:Bold)?"/) { "font-family=\"\($0.1), Verdana, sans-serif\"\($0.2 == nil ? "" : " font-weight=\"bold\"")" }
    // A page's dash would else be the printer's: a group that holds nothing says nothing.
    body = body.replacing(/<g [^>]*>\s*<\/g>\n?/, with: "")
    body = body.replacing(/<filter [\s\S]*?<\/filter>\n?/, with: "")
    body = body.replacing(/'gp(Dot|Pt\d+)'/) { "'\(chart.name)-\($0.1)'" }.replacing(/'#gp(Dot|Pt\d+)'/) { "'#\(chart.name)-\($0.1)'" }
    body = body.replacing(/<g id="[^"]*"/, with: "<g").replacing(/[ \t]+\n/, with: "\n").replacing(/\n\s*\n+/, with: "\n")
    body = Self.withoutUnusedMarks(body, chart: chart)
    let names = "aria-labelledby=\"\(chart.name)-title \(chart.name)-description\""
    let words =
      "<title id=\"\(chart.name)-title\">\(escaped(chart.title))</title>\n<desc id=\"\(chart.name)-description\">\(escaped(chart.description))</desc>\n"
    let open = { (extra: String) in
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 \(chart.width) \(chart.height)\"\(extra) role=\"img\" \(names)>\n"
    }
    file = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + open(" width=\"\(chart.width)\" height=\"\(chart.height)\"") + words + body + "</svg>\n"
    let coloured = body.replacing("\"\(ChartStyle.paper)\"", with: "\"var(--paper)\"").replacing("'\(ChartStyle.paper)'", with: "'var(--paper)'")
      .replacing(ChartStyle.ink, with: "var(--ink)").replacing(ChartStyle.quietInk, with: "var(--quiet-ink)").replacing(ChartStyle.grid, with: "var(--grid)")
    element = open("") + words + coloured + "</svg>\n"
  }

  /// What stands between gnuplot's own description and the end.
  private static func body(of svg: String) -> String {
    let start = svg.range(of: "</desc>")?.upperBound ?? svg.startIndex
    let end = svg.range(of: "</svg>", options: .backwards)?.lowerBound ?? svg.endIndex
    return String(svg[start..<end])
  }

  /// gnuplot defines all its marks in every file. Some are made of others.
  private static func withoutUnusedMarks(_ body: String, chart: Chart) -> String {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    let definition = /^\s*<(?:circle|path|rect|use) .*?id='([^']*-(?:Dot|Pt\d+))'/
    var used: Set<String> = []
    for line in lines.reversed() {
      if let match = line.firstMatch(of: definition), !used.contains(String(match.1)) { continue }
      for reference in line.matches(of: /xlink:href='#([^']*)'/) { used.insert(String(reference.1)) }
    }
    return lines.filter { line in line.firstMatch(of: definition).map { used.contains(String($0.1)) } ?? true }.joined(separator: "\n") + "\n"
  }
}
