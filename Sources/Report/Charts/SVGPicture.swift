import Foundation

/// gnuplot's drawing, adapted for pages: without invisible parts, with a title and a description for readers who cannot see it, and with
/// unique names, so that several can be on one page.
public struct SVGPicture: Sendable, Equatable {
  /// A standalone file, on white.
  public let file: String
  /// An element for a page; its background, ink and grid take the page's colours.
  public let element: String

  init(gnuplot: String, chart: Chart) {
    var body = Self.body(of: gnuplot)
    body = body.replacing(/rgb\( *(\d+), *(\d+), *(\d+)\)/) { hexColour(Int($0.1) ?? 0, Int($0.2) ?? 0, Int($0.3) ?? 0) }
    body = body.replacing(/font-family="[^":]*(:Bold)?"/) { $0.1 == nil ? "" : "font-weight=\"bold\"" }
    body = body.replacing(/<filter [\s\S]*?<\/filter>/, with: "")
    body = body.replacing(/'gp(Dot|Pt\d+)'/) { "'\(chart.name)-\($0.1)'" }.replacing(/'#gp(Dot|Pt\d+)'/) { "'#\(chart.name)-\($0.1)'" }
    body = Self.named(body, chart.curveTitles)
    body = Self.lean(body.replacing("<g id=\"gnuplot_canvas\">", with: "<g>"))
    // The background must not inherit an outline from the picture.
    body = body.replacing("<rect x=\"0\" y=\"0\"", with: "<rect stroke=\"none\" x=\"0\" y=\"0\"")
    body = Self.withoutUnusedMarks(body, chart: chart)
    let names = "aria-labelledby=\"\(chart.name)-title \(chart.name)-description\""
    let words =
      "<title id=\"\(chart.name)-title\">\(escaped(chart.title))</title>\n<desc id=\"\(chart.name)-description\">\(escaped(chart.description))</desc>\n"
    let open = { (extra: String) in
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 \(chart.width) \(chart.height)\"\(extra) role=\"img\" \(names) "
        + "font-family=\"\(ChartStyle.font), Verdana, sans-serif\" font-size=\"\(ChartStyle.fontSize)\" fill=\"none\" stroke=\"currentColor\" color=\"\(ChartStyle.ink)\">\n"
    }
    file = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + open(" width=\"\(chart.width)\" height=\"\(chart.height)\"") + words + body + "</svg>\n"
    let coloured = body.replacing("\"\(ChartStyle.paper)\"", with: "\"var(--paper)\"").replacing("'\(ChartStyle.paper)'", with: "'var(--paper)'")
      .replacing(ChartStyle.ink, with: "var(--ink)").replacing(ChartStyle.quietInk, with: "var(--quiet-ink)").replacing(ChartStyle.grid, with: "var(--grid)").replacing(ChartStyle.blue, with: "var(--blue)")
    element = open("").replacing(ChartStyle.ink, with: "var(--ink)") + words + coloured + "</svg>\n"
  }

  /// The content between gnuplot's own description and the end.
  private static func body(of svg: String) -> String {
    let start = svg.range(of: "</desc>")?.upperBound ?? svg.startIndex
    let end = svg.range(of: "</svg>", options: .backwards)?.lowerBound ?? svg.endIndex
    return String(svg[start..<end])
  }

  /// Gives the parts of the drawing the titles of their curves, which a browser shows when the pointer is over them.
  private static func named(_ body: String, _ titles: [String]) -> String {
    var next = titles.makeIterator()
    return body.replacing(/<g id="[^"]*_plot_[^"]*" *>\s*<title>[^<]*<\/title>/) { _ in
      guard let title = next.next(), !title.isEmpty else { return "<g>" }
      return "<g><title>\(escaped(title))</title>"
    }
  }

  /// gnuplot writes every attribute with every element, and a group around each. This removes what the whole picture has in common, and
  /// moves attributes from groups of one element to the element.
  private static func lean(_ body: String) -> String {
    var text = body.replacing(/\ color="[^"]*" stroke="[^"]*"/, with: "").replacing(" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", with: "")
    text = text.replacing("<g fill=\"none\" ", with: "<g ").replacing(" stroke-width=\"1.00\"", with: "").replacing(" font-size=\"\(ChartStyle.fontSize).00\"", with: "")
    text = text.replacing(/<g +>/, with: "<g>").replacing(/(\d)\.00\b/) { $0.1 }.replacing(" class=\"gridline\"", with: "")
    text = text.replacing(/<g ([^>]*?) *>\s*<text>([^<]*)<\/text>\s*<\/g>/) { "<text \($0.1)>\($0.2)</text>" }
    text = text.replacing(/<g stroke='none' shape-rendering='crispEdges'>\s*<polygon fill = ('[^']*')( fill-opacity = '[^']*')? points = '([^']*?) *'\/>\s*<\/g>/) {
      "<polygon stroke='none' shape-rendering='crispEdges' fill=\($0.1)\($0.2?.replacing(" ", with: "").replacing("fill", with: " fill") ?? "") points='\($0.3)'/>"
    }
    text = text.replacing(/\ {2,}/, with: " ").replacing("\t", with: "").replacing(" '/>", with: "'/>")
    text = text.replacing(/<g>((?:\s|<(?:path|polygon|use|text|\/text)\b[^>]*>|[^<>])*)<\/g>/) { $0.1 }
    text = text.replacing(/<g>\s*<\/g>/, with: "").replacing(/<g [^>]*>\s*<\/g>/, with: "")
    return text.replacing(/\s*\n\s*/, with: "\n")
  }

  /// gnuplot defines all its marks in every file. Some are made from others.
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
