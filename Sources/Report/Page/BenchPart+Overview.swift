import Measurement
import Results

// What was run, the findings in a few sentences, and the main table.

extension BenchPart {
  var run: Page.Section {
    var facts: [(name: String, value: [Inline])] = [
      ("Scenario", [.text(report.scenario)]), ("Build", [.text(report.build)]), ("Machine", [.text(told { $0.machine ?? "none" })]),
      report.seedsText.map { ("Seeds", [.text($0)]) } ?? ("Seed", [.text(told { String($0.seed) })]),
    ]
    if report.rows.contains(where: { $0.result.variant != nil }) { facts.append(("Variant", [.text(told { $0.variant ?? "none" })])) }
    facts += report.varied.map { (name: "Varied: \($0.key)", value: [.text($0.values.joined(separator: ", "))]) }
    if !report.inputs.files.isEmpty {
      facts.append(("Files, with their CRC-32C", [.text(report.inputs.files.map { "\($0.role) \($0.crc32c)" }.joined(separator: ", "))]))
    }
    facts += [
      ("Settings", [.text("\(report.rows.count)")]),
      ("Measured", [.text(told { "\(figureText($0.metrics.window.fromSeconds)) s to \(figureText($0.metrics.window.toSeconds)) s, after a warm-up" })]),
      ("Simulated time of a run", [.text(told { "\(figureText($0.simulated.seconds)) s" })]),
      ("Events in all", [.text(grouped(report.runs.reduce(UInt64(0)) { $0 &+ $1.events }))]),
    ]
    let command: [Page.Block] = [.paragraph(["The command that repeats all of it:"]), .command(report.replay)]
    return section("run", "What was run", [.facts(facts)] + seedsNote + command)
  }

  /// What all results have in common, or the different values.
  private func told(_ text: (MeasuredRun) -> String) -> String {
    var texts: [String] = []
    for row in report.rows where !texts.contains(text(row.result)) { texts.append(text(row.result)) }
    return texts.prefix(4).joined(separator: "; ") + (texts.count > 4 ? "; ..." : "")
  }

  var findings: Page.Section {
    var items: [[Inline]] = []
    let rates = report.rows.indices.compactMap { row in report.rows[row].publishRate.flatMap { $0 > 0 ? (row: row, rate: $0) : nil } }
    let p99s = report.rows.indices.compactMap { row in report.rows[row].publishP99.map { (row: row, p99: $0) } }
    if let fastest = rates.max(by: { ($0.rate, $1.row) < ($1.rate, $0.row) }) {
      let bytes = report.rows[fastest.row].spread(\.publish, \.bytesPerSecond)?.mean ?? 0
      items.append([
        isAlike(.throughput) ? "Throughput: " : "Highest throughput: ",
        .strong("\(countText(fastest.rate)) records/s, \(figureText(bytes / 1_000_000)) MB/s"),
        .text(isAlike(.throughput) ? "." : " with \(names[fastest.row])."),
      ])
    }
    if let quickest = p99s.min(by: { ($0.p99, $0.row) < ($1.p99, $1.row) }) {
      let p50 = ChartMetric.publishP99.text(report.rows[quickest.row].spread(\.publish, \.p50)?.mean)
      items.append([
        report.rows.count == 1 ? "Publish latency: " : "Lowest p99 of publish latency: ", .strong(timeText(milliseconds: quickest.p99)),
        .text(report.rows.count == 1 ? " at p99, \(p50) at p50." : " with \(names[quickest.row])."),
      ])
    }
    items += overloadItems
    if report.rows.count > 1, !report.pareto.isEmpty {
      items.append([.text("\(report.pareto.count) of \(report.rows.count) settings are on the Pareto front: no other one beats them in throughput, p99 and loss together.")])
    }
    let told = report.toldEffects
    for metric in ChartMetric.allCases {
      let name = metric == .throughput ? "Throughput" : "The p99 of publish latency"
      if report.rows.count > 1, isAlike(metric) {
        items.append([.text("\(name) hardly depends on what was varied: all settings are within 1 % of each other.")])
      } else if let told = told.first(where: { $0.metric == metric.key }) {
        let effect = told.effects.filter { $0.keys.count == 1 }.max { ($0.share, $1.keys[0]) < ($1.share, $0.keys[0]) }
        if let effect {
          items.append([.text("\(name) depends most on "), .code(effect.keys[0]), .text(": \(percentText(effect.share)) of its variance.")])
        } else if told.effects.isEmpty, let rest = told.rest {
          items.append([.text("\(rest.prefix(1).uppercased())\(rest.dropFirst()).")])
        }
      }
    }
    items.append(report.rows.map(\.delivery).reduce(Delivery(), +).lossFinding)
    let violated = runs.indices.filter { runs[$0].run.verdicts.contains { $0.conclusion == .violated } }
    if !violated.isEmpty { items.append([.strong("A guarantee is violated"), .text(" in \(some(violated)).")]) }
    let invalid = runs.indices.filter { !runs[$0].run.metrics.isValid }
    if !invalid.isEmpty { items.append([.strong("Invalid"), .text(": the figures of \(some(invalid)) break a law that all must obey.")]) }
    let unmeasured = runs.indices.filter { !runs[$0].run.metrics.isMeasured }
    if !unmeasured.isEmpty {
      items.append([.strong("Nothing was measured"), .text(" in \(some(unmeasured)): no record was acknowledged or delivered within the window.")])
    }
    let idle = runs.indices.filter { runs[$0].run.faults.contains { $0.hit == 0 } }
    if !idle.isEmpty { items.append([.strong("Not exercised"), .text(": a fault never hit anything in \(some(idle)).")]) }
    return section("findings", "Findings", [.list(items)])
  }

  /// Whether all rows are within a hundredth of each other.
  private func isAlike(_ metric: ChartMetric) -> Bool {
    let figures = report.rows.compactMap(metric.value), largest = figures.max() ?? 0
    return figures.count == report.rows.count && largest - (figures.min() ?? 0) <= largest * 0.01
  }

  /// Settings under which not everything was sent that the schedule wanted.
  private var overloadItems: [[Inline]] {
    report.rows.indices.compactMap { index in
      let row = report.rows[index]
      guard row.isOverloaded, let neverSent = row.neverSent else { return nil }
      let offered = row.spread(\.offered).map { " of \(countText($0.mean)) records/s offered" } ?? ""
      return [
        .strong("Overloaded"),
        .text(": \(names[index]) published \(ChartMetric.throughput.text(row.publishRate))\(offered); \(grouped(neverSent)) records were due and never sent. Latencies are of those that were sent."),
      ]
    }
  }

  /// The names of at most three runs.
  func some(_ chosen: [Int]) -> String {
    if chosen.count == runs.count { return runs.count == 1 ? "this run" : "all \(runs.count) \(runsWord)" }
    return chosen.prefix(3).map { runs[$0].name }.joined(separator: "; ") + (chosen.count > 3 ? "; and \(chosen.count - 3) more" : "")
  }

  var results: Page.Section {
    let keys = report.varied.map(\.key)
    var columns: [PageTable.Column] = keys.map(PageTable.Column.text)
    if keys.isEmpty { columns.append(.text("Setting")) }
    columns += [
      .text("Pareto"), .number("records/s"), .number("MB/s"), .number("publish p50"), .number("publish p99"), .number("publish p99.9"), .number("end to end p50"), .number("end to end p99"),
      .wide("bottleneck"),
    ]
    let rows = report.rows.enumerated().map { index, row in
      let figure = { (spread: SeedSpread?, text: (Double) -> String) -> PageTable.Cell in
        spread.map { .figure($0.mean, row.isOverSeeds ? $0.text(text) : text($0.mean)) } ?? .notMeasured
      }
      let time = { (latency: KeyPath<Latencies, LatencySummary>, point: KeyPath<LatencySummary, Double?>) in
        figure(row.spread(latency, point)) { $0 == 0 ? "0" : timeText(milliseconds: $0) }
      }
      var cells = settings(index)
      cells.append(.text(report.pareto.contains(index) ? "front" : ""))
      cells += [
        figure(row.spread(\.publish)) { grouped(Int64(rounding: $0)) }, figure(row.spread(\.publish, \.bytesPerSecond)) { figureText($0 / 1_000_000) },
        time(\.publish, \.p50), time(\.publish, \.p99), time(\.publish, \.p999), time(\.endToEnd, \.p50), time(\.endToEnd, \.p99),
        .text(row.result.metrics.bottleneck),
      ]
      return cells
    }
    let marked = report.rows.count > 1 ? Set(report.pareto) : []
    let over = report.seedsText.map {
      "; means over seeds \($0), and from the least to the greatest; the bottleneck of the first"
    }
    let table = PageTable(
      caption: "Every setting with its speed\(marked.isEmpty ? "" : "; the Pareto front is marked")\(over ?? "")", columns: columns, rows: rows,
      isSortable: report.rows.count > 1, marked: marked)
    return section("results", "Results", [.table(table)] + pictures("overview") + [.table(deliveries)])
  }

  /// What became of the records under each setting.
  private var deliveries: PageTable {
    let keys = report.varied.map(\.key)
    let rows = report.rows.indices.map { index -> [PageTable.Cell] in
      let delivery = report.rows[index].delivery
      return settings(index) + [
        .count(delivery.sent), .count(delivery.acked), .harm(delivery.failed), .harm(delivery.unknown), .harm(delivery.lost),
        .harm(delivery.permittedLoss), .harm(delivery.violations), .count(delivery.deleted), .harm(delivery.duplicated), .harm(delivery.reordered),
        verdict(report.rows[index].runs),
      ]
    }
    return PageTable(
      caption: "What became of the records\(report.seedsText.map { ", of seeds \($0) together" } ?? "")",
      columns: (keys.isEmpty ? [.text("Setting")] : keys.map(PageTable.Column.text)) + [
        .number("sent"), .number("acked"), .number("failed"), .number("unknown"), .number("lost"), .number("permitted loss"), .number("violations"), .number("deleted"),
        .number("duplicated"), .number("reordered"), .wide("verdict"),
      ], rows: rows, isSortable: report.rows.count > 1)
  }

  /// The cells that name a row: a cell for each key that was varied.
  private func settings(_ index: Int) -> [PageTable.Cell] {
    let keys = report.varied.map(\.key), row = report.rows[index]
    return keys.isEmpty ? [name(index)] : keys.enumerated().map { place, key in
      PageTable.Cell(text: row.value(of: key) ?? "", key: Double(row.value(of: key) ?? ""), isName: place == 0)
    }
  }

  /// The worst verdict of the runs in a word.
  func verdict(_ runs: [MeasuredRun]) -> PageTable.Cell {
    let cells = runs.map(verdict)
    return cells.first { $0.mood == .bad } ?? cells.first { $0.mood == .unknown } ?? cells[0]
  }

  /// The verdict on a run in a word.
  private func verdict(_ run: MeasuredRun) -> PageTable.Cell {
    if !run.metrics.isValid { return .text("invalid", mood: .bad) }
    if !run.metrics.isMeasured { return .text("nothing measured", mood: .unknown) }
    let violated = run.verdicts.filter { $0.conclusion == .violated }.map(\.guarantee.rawValue)
    if !violated.isEmpty { return .text("\(violated.joined(separator: ", ")) violated", mood: .bad) }
    switch run.exitCode {
    case .asExpected: return .text("as expected", mood: .good)
    case .notExercised: return .text("not exercised", mood: .unknown)
    default: return .text("not as expected", mood: .bad)
    }
  }
}
