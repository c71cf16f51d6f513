import Compare
import Measurement
import Results

/// What a page tells about two results side by side: what got worse first, then both sides, why, and every gate.
struct ComparePart {
  let comparison: Comparison
  /// In the order of `Chart.comparison`.
  let pictures: [Picture]
  /// What ids of this part begin with; empty where it is the only one.
  let prefix: String

  func part(id: String) -> Page.Part {
    let sections = [findings, moved, sides, reasons, gates, compared]
    return Page.Part(id: id, title: comparison.pageTitle, about: "The baseline against the candidate, figure by figure.", sections: sections.filter { !$0.blocks.isEmpty })
  }

  private func section(_ id: String, _ heading: String, _ blocks: [Page.Block]) -> Page.Section {
    Page.Section(id: prefix + id, heading: heading, blocks: blocks)
  }

  private var findings: Page.Section {
    let moved = comparison.movedFigures
    let broken = moved.filter { $0.meaning == .broken }
    let worse = moved.filter { $0.meaning == .worse && $0.isTold }, better = moved.filter { $0.meaning == .better && $0.isTold }
    var items: [[Inline]] = broken.prefix(8).map { figure in
      let terms = figure.terms.isEmpty ? "" : "; of it, in ms: \(figure.terms)"
      let name = "\(figure.row): \(figure.metric)\(figure.difference.isEmpty ? "" : " ")\(figure.difference)"
      return [.strong(name), .text(", \(figure.text), breaks "), .code(figure.gates.joined(separator: ", ")), .text("\(terms).")]
    }
    if broken.count > 8 { items.append([.text("\(broken.count - 8) more figures break gates.")]) }
    items += comparison.idleGates.map { [.strong($0.text), .text(" found nothing to hold it against. \(comparison.advice(on: $0))")] }
    if broken.isEmpty, comparison.idleGates.isEmpty {
      items.append(comparison.unmeasured.isEmpty ? [.strong("All gates hold.")] : [.strong("Nothing was measured"), " in a row, so nothing is known of it."])
    }
    items += comparison.unmeasuredWords.map { [.text("\($0).")] }
    items.append([.text(sentence(worse, "worse without breaking a gate"))])
    items.append([.text(sentence(better, "better"))])
    let ties = moved.count { !$0.isTold }
    if ties > 0 { items.append([.text("\(grouped(ties)) figures moved by less than \(percentText(BenchReport.tie)).")]) }
    if comparison.rows.allSatisfy(\.isIdentical) { items.append([.text("All rows are the same to the last event.")]) }
    return section("findings", "Findings", [.list(items)])
  }

  private func sentence(_ figures: [MovedFigure], _ word: String) -> String {
    guard let most = figures.first else { return "Nothing is \(word)." }
    return "\(grouped(figures.count)) figure\(figures.count == 1 ? " is" : "s are") \(word), most of all \(most.row): \(most.metric) \(most.difference)."
  }

  private var moved: Page.Section {
    let all = comparison.movedFigures
    let rows = all.map { figure -> [PageTable.Cell] in
      [
        .name(figure.row), .text(figure.metric), .text(figure.text),
        PageTable.Cell(text: figure.difference, key: figure.worsening.map { $0.isFinite ? $0 : $0 < 0 ? -1e9 : 1e9 }),
        .text(figure.meaning.word, mood: figure.meaning.mood), .text(figure.gates.joined(separator: ", ")), .text(figure.terms),
      ]
    }
    let table = PageTable(
      caption: "Every figure that moved or broke a gate, the worst first",
      columns: [.text("Row"), .text("figure"), .text("baseline -> candidate"), .number("change"), .text("means"), .wide("gate"), .wide("terms that moved, ms")],
      rows: rows, isSortable: true)
    let shown: Page.Block = rows.count > 20 ? .details("All \(rows.count) figures", [.table(table)]) : .table(table)
    return section("moved", "What moved", rows.isEmpty ? [] : pictures.blocks(named: prefix + "compare-moved") + [shown])
  }

  private var sides: Page.Section { section("sides", "Both sides", pictures.blocks(named: prefix + "compare-sides")) }

  private var reasons: Page.Section {
    let items = comparison.files.flatMap { file in comparison.shownReasons(of: file).map { (comparison.files.count > 1 ? "\(comparison.title(of: file)): " : "") + $0 } }
    let list = Page.Block.list(items.map { [.text($0)] })
    return section("why", "Why", items.isEmpty ? [] : items.count > 20 ? [.details("All \(items.count) reasons", [list])] : [list])
  }

  private var gates: Page.Section {
    let rows = comparison.gateCounts.map { count -> [PageTable.Cell] in
      [.name(count.gate), .count(count.held, mood: .good), .harm(count.broken), .count(count.notMeasured)]
    }
    return section(
      "gates", "Gates",
      [
        .table(
          PageTable(
            caption: "Each gate over all rows", columns: [.text("Gate"), .number("held"), .number("broken"), .number("not measured")], rows: rows, isSortable: rows.count > 1))
      ])
  }

  private var compared: Page.Section {
    let builds = { (row: KeyPath<ComparedRow, ResultRow?>) in
      var builds: [String] = []
      for build in comparison.rows.compactMap({ $0[keyPath: row]?.first.build }) where !builds.contains(build) { builds.append(build) }
      return builds.isEmpty ? "none" : builds.joined(separator: ", ")
    }
    return section(
      "compared", "What was compared",
      [
        .facts([
          ("Rows", [.text(grouped(comparison.rows.count))]), ("Checks", [.text(grouped(comparison.heldCount + comparison.brokenCount))]),
          ("Build of the baseline", [.text(builds(\.baseline))]), ("Build of the candidate", [.text(builds(\.candidate))]),
        ])
      ])
  }
}

extension Comparison {
  /// The scenarios, each once.
  var pageTitle: String {
    var names: [String] = []
    for file in files where !names.contains(file.scenario) { names.append(file.scenario) }
    return "\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", and \(names.count - 3) more" : ""): compared"
  }
}

extension MovedFigure.Meaning {
  fileprivate var word: String {
    switch self {
    case .broken: "breaks a gate"
    case .worse: "worse"
    case .different: "different"
    case .better: "better"
    }
  }

  fileprivate var mood: PageTable.Cell.Mood {
    switch self {
    case .broken: .bad
    case .worse: .unknown
    case .different: .plain
    case .better: .good
    }
  }
}
