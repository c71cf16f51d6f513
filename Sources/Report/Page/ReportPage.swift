import Foundation

/// One or more benchmarks as a page for people: HTML in one file, Markdown, and every chart as SVG and PNG beside them.
///
/// The same reports give the same bytes, with one version of gnuplot.
public struct ReportPage: Sendable {
  public struct File: Sendable, Equatable {
    /// Relative to the folder of the page.
    public let path: String
    public let content: Data
  }

  public let files: [File]

  /// - Parameters:
  ///   - draw: makes pictures of a chart. Its errors are passed on.
  ///   - progress: called ahead of each chart, with how many there are.
  public init(_ reports: [BenchReport], draw: (Chart) throws -> Gnuplot.Pictures, progress: (Int, Int) -> Void = { _, _ in }) throws {
    let ids = Self.ids(of: reports)
    let sets = zip(reports, ids).map { report, id in ChartSet(report, prefix: reports.count == 1 ? "" : id + "-") }
    let total = sets.reduce(0) { $0 + $1.charts.count }
    var files: [File] = []
    var parts: [Page.Part] = []
    var drawn = 0
    for ((report, id), set) in zip(zip(reports, ids), sets) {
      var pictures: [Picture] = []
      for chart in set.charts {
        progress(drawn, total)
        drawn += 1
        let picture = try draw(chart), path = "charts/\(chart.name)"
        files.append(File(path: path + ".svg", content: Data(picture.svg.file.utf8)))
        files.append(File(path: path + ".png", content: picture.png))
        pictures.append(Picture(chart: chart, svg: picture.svg, file: path))
      }
      parts.append(BenchPart(report, pictures: pictures, prefix: reports.count == 1 ? "" : id + "-").part(id: id))
    }
    let page = Page(title: "\(reports.map(\.scenario).joined(separator: ", ")): a benchmark of Trial", parts: parts)
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

  /// The scenario's name, with a number behind it where another one has the same.
  private static func ids(of reports: [BenchReport]) -> [String] {
    var ids: [String] = []
    for report in reports {
      let name = "bench-" + report.scenario.fileName
      var id = name, number = 2
      while ids.contains(id) {
        id = "\(name)-\(number)"
        number += 1
      }
      ids.append(id)
    }
    return ids
  }
}
