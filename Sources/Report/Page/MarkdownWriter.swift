/// A page as Markdown with tables, as GitHub and GitLab show it; charts are separate pictures.
enum MarkdownWriter {
  static func markdown(_ page: Page) -> String {
    var blocks: [String] = []
    for part in page.parts {
      blocks.append("# \(escapedMarkdown(part.title))")
      blocks.append(escapedMarkdown(part.about))
      if let data = part.data { blocks.append("As data: [JSON](\(data)).") }
      for section in part.sections {
        blocks.append("## \(escapedMarkdown(section.heading))")
        blocks += section.blocks.map(text)
      }
    }
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private static func text(_ block: Page.Block) -> String {
    switch block {
    case .paragraph(let parts): return inline(parts)
    case .heading(let text): return "### \(escapedMarkdown(text))"
    case .list(let items): return items.map { "- \(inline($0))" }.joined(separator: "\n")
    case .facts(let facts): return facts.map { "- \(escapedMarkdown($0.name)): \(inline($0.value))" }.joined(separator: "\n")
    case .command(let command): return fenced([command])
    case .lines(let lines): return fenced(lines)
    case .table(let table): return text(table)
    case .picture(let picture): return "![\(escapedMarkdown(picture.chart.title))](\(picture.file).svg)"
    case .drawing(let drawing): return "![\(escapedMarkdown(drawing.title))](\(drawing.file).svg)"
    case .details(let summary, let blocks):
      return "<details><summary>\(escaped(summary))</summary>\n\n\(blocks.map(text).joined(separator: "\n\n"))\n\n</details>"
    }
  }

  private static func text(_ table: PageTable) -> String {
    let heading = table.columns.map { escapedMarkdown($0.heading) }.joined(separator: " | ")
    let rule = table.columns.map { $0.isNumber ? "---:" : "---" }.joined(separator: " | ")
    let rows = table.rows.map { row in
      "| " + row.map { cell in cell.mood == .bad ? "**\(escapedMarkdown(cell.text))**" : escapedMarkdown(cell.text) }.joined(separator: " | ") + " |"
    }
    return "\(escapedMarkdown(table.caption)):\n\n| \(heading) |\n| \(rule) |\n\(rows.joined(separator: "\n"))"
  }

  /// Uses a fence that is longer than any run of backticks inside.
  private static func fenced(_ lines: [String]) -> String {
    let longest = lines.joined(separator: "\n").split(omittingEmptySubsequences: true) { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n\(lines.joined(separator: "\n"))\n\(fence)"
  }

  private static func inline(_ parts: [Inline]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): escapedMarkdown(text)
      case .strong(let text): "**\(escapedMarkdown(text))**"
      case .code(let text): text.contains("`") ? escapedMarkdown(text) : "`\(text.replacing("\n", with: " ").replacing("|", with: "\\|"))`"
      }
    }.joined()
  }
}

/// A text escaped so that Markdown shows it literally, on one line.
func escapedMarkdown(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\", "`", "*", "_", "[", "]", "|", "#", "~": result += "\\\(scalar)"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "&": result += "&amp;"
    case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
