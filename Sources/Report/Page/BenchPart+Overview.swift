// What was run, what came of it in a few sentences, and the main table.

extension BenchPart {
  var run: Page.Section {
    var facts: [(name: String, value: [Inline])] = [
      ("Scenario", [.text(report.scenario)]), ("Build", [.text(report.build)]), ("Machine", [.text(told(\.machine))]), ("Seed", [.text(told { String($0.seed) })]),
    ]
    if report.rows.contains(where: { $0.result.variant != nil }) { facts.append(("Variant", [.text(told { $0.variant ?? "none" })])) }
    facts += report.varied.map { (name: "Varied: \($0.key)", value: [.text($0.values.joined(separator: ", "))]) }
    facts += [
      ("Settings", [.text("\(report.rows.count)")]),
      ("Measured", [.text(told { "\(figureText($0.metrics.window.fromSeconds)) s to \(figureText($0.metrics.window.toSeconds)) s, after a warm-up" })]),
      ("Simulated time of a run", [.text(told { "\(figureText($0.simulatedSeconds)) s" })]),
      ("Events in all", [.text(grouped(report.rows.reduce(UInt64(0)) { $0 &+ $1.result.events }))]),
    ]
    return section("run", "What was run", [.facts(facts), .paragraph(["The command that repeats all of it:"]), .command(report.replay)])
  }

  /// What all results say, or the different things that they say.
  private func told(_ text: (BenchResult) -> String) -> String {
    var texts: [String] = []
    for row in report.rows where !texts.contains(text(row.result)) { texts.append(text(row.result)) }
    return texts.prefix(4).joined(separator: "; ") + (texts.count > 4 ? "; ..." : "")
  }

  var findings: Page.Section {
    var items: [[Inline]] = []
    let rows = report.rows.indices.filter { report.rows[$0].publishRate > 0 }
    let fastest = rows.max { (report.rows[$0].publishRate, $1) < (report.rows[$1].publishRate, $0) }
    let quickest = rows.filter { report.rows[$0].publishP99 > 0 }.min { (report.rows[$0].publishP99, $0) < (report.rows[$1].publishP99, $1) }
    if let fastest {
      let result = report.rows[fastest].result.metrics.throughput.publish
      items.append([
        isAlike(.throughput) ? "Throughput: " : "Highest throughput: ",
        .strong("\(countText(result.recordsPerSecond)) records/s, \(figureText(result.bytesPerSecond / 1_000_000)) MB/s"),
        .text(isAlike(.throughput) ? "." : " with \(names[fastest])."),
      ])
    }
    if let quickest {
      let latency = report.rows[quickest].result.metrics.latency.publish
      items.append([
        report.rows.count == 1 ? "Publish latency: " : "Lowest p99 of publish latency: ", .strong(timeText(milliseconds: latency.p99)),
        .text(report.rows.count == 1 ? " at p99, \(timeText(milliseconds: latency.p50)) at p50." : " with \(names[quickest])."),
      ])
    }
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
          items.append([.text("\(rest).")])
        }
      }
    }
    items.append(lossItem)
    let violated = report.rows.indices.filter { row in report.rows[row].result.verdicts.contains { $0.verdict == "violated" } }
    if !violated.isEmpty { items.append([.strong("A guarantee is violated"), .text(" in \(some(violated)).")]) }
    let invalid = report.rows.indices.filter { !report.rows[$0].result.metrics.isValid }
    if !invalid.isEmpty { items.append([.strong("Invalid"), .text(": the figures of \(some(invalid)) break a law that all must obey.")]) }
    let idle = report.rows.indices.filter { row in report.rows[row].result.faults.contains { $0.hit == 0 } }
    if !idle.isEmpty { items.append([.strong("Not exercised"), .text(": a fault never hit anything in \(some(idle)).")]) }
    return section("findings", "Findings", [.list(items)])
  }

  /// Whether all rows are within a hundredth of each other.
  private func isAlike(_ metric: ChartMetric) -> Bool {
    let figures = report.rows.map(metric.value), largest = figures.max() ?? 0
    return largest - (figures.min() ?? 0) <= largest * 0.01
  }

  private var lossItem: [Inline] {
    let lost = report.rows.reduce(0) { $0 + $1.result.delivery.lost }, permitted = report.rows.reduce(0) { $0 + $1.result.delivery.permittedLoss }
    let acked = report.rows.reduce(0) { $0 + $1.result.delivery.acked }
    guard lost + permitted > 0 else { return [.text("Of \(grouped(acked)) acknowledged records none was lost.")] }
    return [
      .text("Of \(grouped(acked)) acknowledged records "), .strong("\(grouped(lost + permitted)) were lost"),
      .text(lost == 0 ? ", all as settings and faults permit." : ", \(grouped(lost)) of them with nothing that permits it."),
    ]
  }

  /// Names of rows, at most three of them.
  func some(_ rows: [Int]) -> String {
    if rows.count == report.rows.count { return rows.count == 1 ? "this run" : "all \(rows.count) settings" }
    return rows.prefix(3).map { names[$0] }.joined(separator: "; ") + (rows.count > 3 ? "; and \(rows.count - 3) more" : "")
  }

  var results: Page.Section {
    let keys = report.varied.map(\.key)
    var columns: [Table.Column] = keys.map(Table.Column.text)
    if keys.isEmpty { columns.append(.text("Setting")) }
    columns += [
      .text("Pareto"), .number("records/s"), .number("MB/s"), .number("publish p50"), .number("publish p99"), .number("publish p99.9"), .number("end to end p50"), .number("end to end p99"),
      .number("sent"), .number("acked"), .number("failed"), .number("unknown"), .number("lost"), .number("permitted loss"), .number("duplicated"),
      .number("reordered"), .text("verdict"), .text("bottleneck"),
    ]
    let rows = report.rows.enumerated().map { index, row in
      let result = row.result, metrics = result.metrics, delivery = result.delivery
      var cells: [Table.Cell] = keys.isEmpty ? [name(index)] : keys.enumerated().map { place, key in
        Table.Cell(text: row.value(of: key) ?? "", key: Double(row.value(of: key) ?? ""), isName: place == 0)
      }
      cells.append(.text(report.pareto.contains(index) ? "front" : ""))
      cells += [
        .figure(row.publishRate, grouped(Int(row.publishRate.rounded()))),
        .figure(metrics.throughput.publish.bytesPerSecond, figureText(metrics.throughput.publish.bytesPerSecond / 1_000_000)),
        .time(metrics.latency.publish.p50), .time(metrics.latency.publish.p99), .time(metrics.latency.publish.p999), .time(metrics.latency.endToEnd.p50),
        .time(metrics.latency.endToEnd.p99), .count(delivery.sent), .count(delivery.acked), .harm(delivery.failed), .harm(delivery.unknown), .harm(delivery.lost),
        .harm(delivery.permittedLoss), .harm(delivery.duplicated), .harm(delivery.reordered), verdict(result), .text(metrics.bottleneck),
      ]
      return cells
    }
    let marked = report.rows.count > 1 ? Set(report.pareto) : []
    let table = Table(
      caption: "Every setting with its speed and its delivery\(marked.isEmpty ? "" : "; the Pareto front is marked")", columns: columns, rows: rows,
      isSortable: report.rows.count > 1, marked: marked)
    return section("results", "Results", [.table(table)] + pictures("overview"))
  }

  /// The whole run in a word.
  private func verdict(_ result: BenchResult) -> Table.Cell {
    if !result.metrics.isValid { return .text("invalid", mood: .bad) }
    let violated = result.verdicts.filter { $0.verdict == "violated" }.map(\.guarantee)
    if !violated.isEmpty { return .text("\(violated.joined(separator: ", ")) violated", mood: .bad) }
    switch ExitCode(rawValue: result.exitCode) {
    case .asExpected: return .text("as expected", mood: .good)
    case .notExercised: return .text("not exercised", mood: .unknown)
    default: return .text("not as expected", mood: .bad)
    }
  }
}
