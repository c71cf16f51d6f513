import Compare
import Foundation
import Results

/// Stored results as a page for people: one HTML file, Markdown, and every chart as a separate SVG and PNG.
///
/// The same results give the same bytes, with one version of gnuplot.
public struct ReportPage: Sendable {
  public struct File: Sendable, Equatable {
    /// Relative to the folder of the page.
    public let path: String
    public let content: Data
  }

  /// The subject of a part of the page.
  public enum Subject: Sendable {
    case benchmark(BenchReport)
    case trial(RunResult)
    case sweep(VerifySummary)
    case comparison(Comparison)

    fileprivate var name: String {
      switch self {
      case .benchmark(let report): report.scenario
      case .trial(let result): result.scenario
      case .sweep: "verify"
      case .comparison(let comparison): comparison.pageTitle
      }
    }

    /// What tells it from others of its name.
    fileprivate var distinction: String {
      switch self {
      case .benchmark(let report): report.distinction
      case .trial, .sweep, .comparison: ""
      }
    }

    fileprivate var json: JSON {
      switch self {
      case .benchmark(let report): report.json
      case .trial(let result): result.json
      case .sweep(let summary): summary.json
      case .comparison(let comparison): comparison.json(isStrict: false)
      }
    }

    fileprivate var id: String {
      switch self {
      case .benchmark(let report): "bench-" + report.scenario.fileName
      case .trial(let result): "trial-" + result.scenario.fileName
      case .sweep: "verify"
      case .comparison: "compare"
      }
    }

    fileprivate func charts(prefix: String) -> [Chart] {
      switch self {
      case .benchmark(let report): ChartSet(report, prefix: prefix).charts
      case .trial(let result): ([Chart.odds(result), Chart.story(result)] + result.ownersCharts + [result.transactionsChart]).compactMap { $0?.named(prefix) }
      case .sweep: []
      case .comparison(let comparison): Chart.comparison(comparison).map { $0.named(prefix) }
      }
    }

    /// The diagram of an explanation; nil where there is none.
    fileprivate func diagram(prefix: String) -> SpaceTimeDiagram? {
      guard case .trial(let result) = self else { return nil }
      return result.explanation.map { SpaceTimeDiagram($0, prefix: prefix) }
    }

    fileprivate func part(id: String, prefix: String, _ pictures: [Picture], _ drawing: PageDrawing?) -> Page.Part {
      switch self {
      case .benchmark(let report): BenchPart(report, pictures: pictures, prefix: prefix).part(id: id)
      case .trial(let result): TrialPart(result: result, pictures: pictures, prefix: prefix, drawing: drawing).part(id: id)
      case .sweep(let summary): SweepPart(summary: summary, prefix: prefix).part(id: id)
      case .comparison(let comparison): ComparePart(comparison: comparison, pictures: pictures, prefix: prefix).part(id: id)
      }
    }

    fileprivate var isBenchmark: Bool {
      if case .benchmark = self { true } else { false }
    }
  }

  public let files: [File]

  /// - Parameters:
  ///   - draw: makes the pictures of a chart. Its errors are rethrown.
  ///   - progress: called before each chart, with the total number.
  public init(_ subjects: [Subject], draw: (Chart) throws -> Gnuplot.Pictures, progress: (Int, Int) -> Void = { _, _ in }) throws {
    let ids = Self.ids(of: subjects), prefixes = ids.map { subjects.count == 1 ? "" : $0 + "-" }
    let sets = zip(subjects, prefixes).map { $0.charts(prefix: $1) }
    let total = sets.reduce(0) { $0 + $1.count }
    var files: [File] = []
    var parts: [Page.Part] = []
    var drawn = 0
    for (index, subject) in subjects.enumerated() {
      var pictures: [Picture] = []
      for chart in sets[index] {
        progress(drawn, total)
        drawn += 1
        let picture = try draw(chart), path = "charts/\(chart.name)"
        files.append(File(path: path + ".svg", content: Data(picture.svg.file.utf8)))
        files.append(File(path: path + ".png", content: picture.png))
        pictures.append(Picture(chart: chart, svg: picture.svg, file: path))
      }
      let data = "data/\(ids[index]).json"
      files.append(File(path: data, content: Data(subject.json.text.utf8)))
      var drawing: PageDrawing?
      if let diagram = subject.diagram(prefix: prefixes[index]) {
        let path = "diagrams/\(prefixes[index])explanation"
        files.append(File(path: path + ".svg", content: Data(diagram.file.utf8)))
        drawing = PageDrawing(title: SpaceTimeDiagram.title, element: diagram.element, file: path)
      }
      var part = subject.part(id: ids[index], prefix: prefixes[index], pictures, drawing)
      part.data = data
      parts.append(part)
    }
    let titles = Self.titles(parts.map(\.title), subjects.map(\.distinction))
    for index in parts.indices { parts[index].title = titles[index] }
    let kind = subjects.allSatisfy(\.isBenchmark) ? "a benchmark" : "a report"
    let names = Self.titles(subjects.map(\.name), subjects.map(\.distinction))
    let page = Page(title: "\(names.joined(separator: ", ")): \(kind) of Trial", parts: parts)
    files.insert(File(path: "report.md", content: Data(MarkdownWriter.markdown(page).utf8)), at: 0)
    files.insert(File(path: "index.html", content: Data(HTMLWriter.html(page).utf8)), at: 0)
    self.files = files
  }

  public func write(to folder: String) throws {
    for file in files {
      let url = URL(fileURLWithPath: folder).appendingPathComponent(file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.content.write(to: url, options: .atomic)
    }
  }

  /// Where several have one title, each with what tells it from the others; with a number where that is the same too.
  private static func titles(_ titles: [String], _ distinctions: [String]) -> [String] {
    var told: [String] = []
    for (title, distinction) in zip(titles, distinctions) {
      let hasNamesake = titles.count { $0 == title } > 1
      let full = hasNamesake && !distinction.isEmpty ? "\(title): \(distinction)" : title
      var candidate = full, number = 2
      while hasNamesake, told.contains(candidate) {
        candidate = "\(full) (\(number))"
        number += 1
      }
      told.append(candidate)
    }
    return told
  }

  /// The subject's name, with a number behind it where another one has the same.
  private static func ids(of subjects: [Subject]) -> [String] {
    var ids: [String] = []
    for subject in subjects {
      var id = subject.id, number = 2
      while ids.contains(id) {
        id = "\(subject.id)-\(number)"
        number += 1
      }
      ids.append(id)
    }
    return ids
  }
}

extension BenchReport {
  /// What was varied, overridden and looked for: `acks and linger, seeds 1..3, --set cluster.brokers=5`.
  fileprivate var distinction: String {
    let keys = varied.map { "\(ChosenSetting.name(ofKey: $0.key)) \($0.values.joined(separator: ", "))" }
    let seeds = seedsText.map { ["seeds \($0)"] } ?? []
    let machines = rows.first?.result.machine.map { ["on \($0)"] } ?? []
    return (keys + seeds + inputs.objectives.map { "search \($0)" } + inputs.overrides.map { "--set \($0)" } + machines).joined(separator: "; ")
  }
}

extension StoredResult {
  /// The subject for a page; nil if the rows do not come from a file.
  public var subject: ReportPage.Subject? { report.map { .benchmark($0) } ?? trial.map { .trial($0) } }
}
