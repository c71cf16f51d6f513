import Measurement

/// A page as one self-contained HTML file: no external script, style, font or picture.
struct HTMLWriter {
  private var html = ""

  static func html(_ page: Page) -> String {
    var writer = HTMLWriter()
    writer.write(page)
    return writer.html
  }

  private mutating func write(_ page: Page) {
    html += """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,">
      <title>\(escaped(page.title))</title>
      <style>\n\(PageStyle.css)</style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>

      """
    navigation(page)
    html += "<main id=\"content\">\n"
    for part in page.parts { write(part) }
    html += "</main>\n<footer><p>Made by <code>trial report</code>. Everything on this page is in this file; the same results give the same bytes.</p></footer>\n"
    html += "<script>\n\(PageScript.javaScript)</script>\n</body>\n</html>\n"
  }

  private mutating func navigation(_ page: Page) {
    html += "<nav aria-label=\"Contents\">\n"
    for part in page.parts {
      html += "<details\(page.parts.count == 1 ? " open" : "")><summary><a href=\"#\(part.id)\">\(escaped(part.title))</a></summary>\n<ul>\n"
      for section in part.sections { html += "<li><a href=\"#\(section.id)\">\(escaped(section.heading))</a></li>\n" }
      html += "</ul>\n</details>\n"
    }
    html += "</nav>\n"
  }

  private mutating func write(_ part: Page.Part) {
    html += "<article id=\"\(part.id)\" aria-labelledby=\"\(part.id)-title\">\n<header>\n<h1 id=\"\(part.id)-title\">\(escaped(part.title))</h1>\n"
    html += "<p class=\"about\">\(escaped(part.about))</p>\n"
    if let data = part.data { html += "<p class=\"data\">As data: <a href=\"\(escaped(data))\">JSON</a>.</p>\n" }
    html += "</header>\n"
    for section in part.sections {
      html += "<section id=\"\(section.id)\" aria-labelledby=\"\(section.id)-title\">\n<h2 id=\"\(section.id)-title\">\(escaped(section.heading))</h2>\n"
      for block in section.blocks { write(block) }
      html += "</section>\n"
    }
    html += "</article>\n"
  }

  private mutating func write(_ block: Page.Block) {
    switch block {
    case .paragraph(let text): html += "<p>\(inline(text))</p>\n"
    case .heading(let text): html += "<h3>\(escaped(text))</h3>\n"
    case .list(let items):
      html += "<ul>\n" + items.map { "<li>\(inline($0))</li>\n" }.joined() + "</ul>\n"
    case .facts(let facts):
      html += "<dl>\n" + facts.map { "<div><dt>\(escaped($0.name))</dt><dd>\(inline($0.value))</dd></div>\n" }.joined() + "</dl>\n"
    case .command(let command): html += "<pre class=\"command\"><code>\(escaped(command))</code></pre>\n"
    case .lines(let lines): html += "<pre>\(escaped(lines.joined(separator: "\n")))</pre>\n"
    case .table(let table): write(table)
    case .picture(let picture):
      html += "<figure>\n\(picture.svg.element)<figcaption>\(escaped(picture.chart.title)). As files: "
      html += "<a href=\"\(escaped(picture.file)).svg\">SVG</a>, <a href=\"\(escaped(picture.file)).png\">PNG</a>.</figcaption>\n</figure>\n"
    case .drawing(let drawing):
      html += "<figure class=\"drawing\">\n\(drawing.element)<figcaption>\(escaped(drawing.title)). As a file: <a href=\"\(escaped(drawing.file)).svg\">SVG</a>.</figcaption>\n</figure>\n"
    case .details(let summary, let blocks):
      html += "<details>\n<summary>\(escaped(summary))</summary>\n"
      for block in blocks { write(block) }
      html += "</details>\n"
    }
  }

  private mutating func write(_ table: PageTable) {
    html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(table.caption))\">\n<table\(table.isSortable ? " class=\"sortable\"" : "")>\n"
    html += "<caption>\(escaped(table.caption))</caption>\n<thead><tr>"
    for column in table.columns { html += "<th scope=\"col\"\(column.isNumber ? " class=\"number\"" : "")>\(escaped(column.heading))</th>" }
    html += "</tr></thead>\n<tbody>\n"
    for (index, row) in table.rows.enumerated() {
      html += table.marked.contains(index) ? "<tr class=\"marked\">" : "<tr>"
      for (cell, column) in zip(row, table.columns) { write(cell, column) }
      html += "</tr>\n"
    }
    html += "</tbody>\n</table>\n</div>\n"
  }

  private mutating func write(_ cell: PageTable.Cell, _ column: PageTable.Column) {
    var attributes = ""
    let classes = (column.isNumber ? ["number"] : []) + (column.isWide ? ["wide"] : []) + (cell.mood == .plain ? [] : [cell.mood.rawValue]) + (cell.bar == nil ? [] : ["bar"])
    if !classes.isEmpty { attributes += " class=\"\(classes.joined(separator: " "))\"" }
    if let key = cell.key { attributes += " data-key=\"\(key)\"" }
    if let bar = cell.bar { attributes += " style=\"--part:\(fixed(bar * 100, places: 1))%\"" }
    html += cell.isName ? "<th scope=\"row\"\(attributes)>\(escaped(cell.text))</th>" : "<td\(attributes)>\(escaped(cell.text))</td>"
  }

  private func inline(_ parts: [Inline]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): escaped(text)
      case .strong(let text): "<strong>\(escaped(text))</strong>"
      case .code(let text): "<code>\(escaped(text))</code>"
      }
    }.joined()
  }
}
