import Results

/// The part of a page about one benchmark, from the summary down to the details.
struct BenchPart {
  let report: BenchReport
  let names: RowNames
  /// In the order of `ChartSet`.
  let pictures: [Picture]
  /// Every run with the name of its setting, and of its seed if there are several.
  let runs: [(name: String, run: MeasuredRun)]
  /// The start of the ids in this part; empty if it is the only one.
  let prefix: String

  init(_ report: BenchReport, pictures: [Picture], prefix: String) {
    self.report = report
    let names = RowNames(report)
    self.names = names
    runs = report.rows.enumerated().flatMap { index, row in
      row.runs.map { (row.isOverSeeds ? "\(names[index]), seed \($0.seed)" : names[index], $0) }
    }
    self.pictures = pictures
    self.prefix = prefix
  }

  /// The id is that of the benchmark; the ids of its sections begin with it if several benchmarks are on one page.
  func part(id: String) -> Page.Part {
    let sections = [
      run, findings, results, searches, seeds, groups, transactions, latency, tradeOffs, attribution, overTime, stations, volumes, delivery, faults, laws, effects, story,
      repetition,
    ]
    return Page.Part(id: id, title: report.scenario, about: report.about, sections: sections.filter { !$0.blocks.isEmpty })
  }

  func section(_ id: String, _ heading: String, _ blocks: [Page.Block]) -> Page.Section {
    Page.Section(id: prefix + id, heading: heading, blocks: blocks)
  }

  /// The charts whose name begins with `name`, in their order.
  func pictures(_ name: String) -> [Page.Block] { pictures.blocks(named: prefix + name) }

  /// A cell that names a row.
  func name(_ row: Int) -> PageTable.Cell { .name(names[row]) }

  /// A cell that names a run.
  func runName(_ run: Int) -> PageTable.Cell { .name(runs[run].name) }

  /// The plural noun for what the page counts.
  var runsWord: String { report.seedsText == nil ? "settings" : "runs" }
}
