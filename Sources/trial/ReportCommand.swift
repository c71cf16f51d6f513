import ArgumentParser
import Foundation
import Report
import Results
import Scenarios

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "report", abstract: "Write an HTML page with tables and charts from results.",
    discussion: """
      Takes what bench, replay and verify wrote with --out, names of results that bench --save kept, or folders of results:

        trial bench benchmarks/acks --out out
        trial report out -o page

      Writes index.html, which needs no other file, report.md, and every chart as SVG and PNG in charts/. Charts are drawn by gnuplot (apt-get install \
      gnuplot-nox).

      Exit codes: 0 written, 3 written, but a run measured nothing, 64 wrong usage, 65 a bad file, 70 gnuplot is missing or failed.
      """)

  @Argument(help: ArgumentHelp("Results, their names, or folders of results.", valueName: "result"), completion: .file())
  var results: [String]

  @Option(name: [.customShort("o"), .customLong("out")], help: ArgumentHelp("The folder to write to.", valueName: "dir"))
  var out = "report"

  @Flag(help: "Print one JSON object: the files written.")
  var json = false

  @Flag(help: "Print nothing.")
  var quiet = false

  func run() throws {
    do {
      let subjects = try subjects()
      let page = try page(of: subjects)
      do {
        try page.write(to: out)
      } catch let error as CocoaError {
        try fail("\(out): the page cannot be written there: \(error.localizedDescription)", .wrongUsage)
      }
      tell(page)
      let unmeasured = subjects.compactMap { subject -> String? in
        guard case .benchmark(let report) = subject, !report.isMeasured else { return nil }
        return report.scenario
      }
      if !unmeasured.isEmpty { try fail("nothing was measured in a run of \(unmeasured.joined(separator: ", ")): the page shows gaps", .notExercised) }
    } catch let error as ResultFileError {
      try fail(error, .badInput)
    } catch let error as GnuplotError {
      try fail(error, .internalError)
    }
  }

  /// In the order of the arguments; for a folder, benchmarks and trials before sweeps.
  private func subjects() throws -> [ReportPage.Subject] {
    try results.flatMap { path in
      let contents = try ResultReader.contents(of: path)
      return contents.results.compactMap(\.subject) + contents.sweeps.map { .sweep($0.summary) }
    }
  }

  private func page(of subjects: [ReportPage.Subject]) throws -> ReportPage {
    let gnuplot = try Gnuplot()
    let shows = !quiet && isatty(STDERR_FILENO) == 1
    defer { if shows { writeToStandardError("\r\u{1b}[K") } }
    return try ReportPage(subjects, draw: gnuplot.draw) { drawn, total in
      if shows { writeToStandardError("\r\u{1b}[Kdrawing chart \(drawn + 1) of \(total)") }
    }
  }

  private func tell(_ page: ReportPage) {
    if json {
      let files = page.files.map { JSON.string("\(out)/\($0.path)") }
      print(JSON.object([("page", .string("\(out)/index.html")), ("files", .array(files))]).text, terminator: "")
    } else if !quiet {
      let charts = page.files.count { $0.path.hasSuffix(".svg") }
      print("\(out)/index.html, \(out)/report.md\(charts == 0 ? "" : ", and \(charts) chart\(charts == 1 ? "" : "s") in \(out)/charts")")
    }
  }

  private func fail(_ error: some CustomStringConvertible, _ code: Results.ExitCode) throws {
    standardError("error: \(error)")
    throw ArgumentParser.ExitCode(code)
  }
}
