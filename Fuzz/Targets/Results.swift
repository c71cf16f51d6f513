import Compare
import Foundation
import Primitives
import Report
import Results
import Scenarios

/// A stored result, as `compare` and `report` read it. A valid one must not be worse than itself, must be the same when it is written and read again, and must
/// give tables, charts and a page.
@Sendable func fuzzResults(_ input: Bytes) -> Int {
  guard let contents = try? ResultReader.contents(of: UserFiles.stored(input, "result.json")) else { return 1 }
  for sweep in contents.sweeps {
    fuzzRewriting(sweep.summary.json.text) { $0.sweeps.first?.summary.json.text }
    fuzzPage(.sweep(sweep.summary))
  }
  let results = contents.results
  // Sweeps have no rows to compare.
  guard !results.isEmpty else { return 1 }
  // Rows are paired by their names.
  let names = results.flatMap(\.rows).map(\.name)
  if let comparison = compared(results, results), Set(names).count == names.count, comparison.exitCode(isStrict: true) == .gateBroken {
    finding("a result is worse than itself: \(comparison.text(isStrict: true))")
  }
  let sample = StoredResult(file: "result.json", BenchReport.sample)
  _ = compared([sample], results)
  _ = compared(results, [sample])
  for result in results {
    _ = try? SelfTest(result, gates: Gate.defaults).json.text
    if let report = result.report { fuzzReport(report) }
    if let trial = result.trial {
      fuzzRewriting(trial.json.text) { $0.results.first?.trial?.json.text }
      fuzzPage(.trial(trial))
    }
  }
  return 1
}

/// Compares, and produces everything that is made from a comparison.
private func compared(_ baseline: [StoredResult], _ candidate: [StoredResult]) -> Comparison? {
  guard let comparison = try? Comparison(baseline: baseline, candidate: candidate, gates: Gate.defaults) else { return nil }
  _ = comparison.text(isStrict: false) + comparison.summary + comparison.json(isStrict: true).text
  for format in ComparisonFormat.allCases { _ = format.files(of: comparison) }
  return comparison
}

private func fuzzReport(_ report: BenchReport) {
  for order in BenchOrder.allCases { _ = report.text(sortedBy: order) }
  fuzzRewriting(report.json.text) { $0.results.first?.report?.json.text }
  fuzzPage(.benchmark(report))
}

/// A file that was read must be written as it was.
private func fuzzRewriting(_ text: String, _ rewritten: (ResultReader.Contents) -> String?) {
  do {
    if rewritten(try ResultReader.contents(of: UserFiles.stored(Bytes(text), "again.json"))) != text { finding("a result is not written as it was read") }
  } catch {
    finding("a result that was written cannot be read: \(error)")
  }
}

private func fuzzPage(_ subject: ReportPage.Subject) {
  let picture = "<svg><desc></desc><g></g></svg>"
  _ = try? ReportPage([subject, subject], draw: { chart in Gnuplot.Pictures(svg: picture, png: Data(), of: chart) })
}
