import Measurement
import Primitives
import Results
import Workloads

// Correctness: what became of records, faults, laws, the story, and how to reproduce it.

extension BenchPart {
  var delivery: Page.Section {
    var guarantees: [Guarantee] = []
    for verdict in runs.flatMap(\.run.verdicts) where !guarantees.contains(verdict.guarantee) { guarantees.append(verdict.guarantee) }
    guard !guarantees.isEmpty else { return section("guarantees", "Guarantees", []) }
    let rows = guarantees.map { guarantee -> [PageTable.Cell] in
      let verdicts = runs.indices.compactMap { run in runs[run].run.verdicts.first { $0.guarantee == guarantee }.map { (run, $0) } }
      let violated = verdicts.filter { $0.1.conclusion == .violated }.map(\.0)
      let count = { (conclusion: Conclusion) in verdicts.count { $0.1.conclusion == conclusion } }
      return [
        .name(guarantee.rawValue), .count(count(.holds), mood: .good), .count(violated.count, mood: violated.isEmpty ? .plain : .bad), .count(count(.unknown)),
        .count(verdicts.reduce(0) { $0.saturatingAdding($1.1.examined) }), .text(violated.isEmpty ? "" : some(violated)),
      ]
    }
    let table = PageTable(
      caption: "Verdicts over all \(runsWord)",
      columns: [.text("Guarantee"), .number("holds"), .number("violated"), .number("unknown"), .number("examined"), .text("violated in")], rows: rows)
    return section(
      "guarantees", "Guarantees",
      [.paragraph(["Every run is judged as it is measured: from what its clients saw, and from the logs at the end. A verdict is unknown where nothing was examined."]), .table(table)])
  }

  var faults: Page.Section {
    var blocks: [Page.Block] = []
    let planned = runs.indices.flatMap { run in
      runs[run].run.faults.map { fault -> [PageTable.Cell] in
        [runName(run), .text(fault.name), .count(fault.planned), .count(fault.hit), fault.hit == 0 ? .text("not exercised", mood: .bad) : .text("exercised", mood: .good)]
      }
    }
    if !planned.isEmpty {
      blocks.append(
        .table(PageTable(caption: "Faults of the scenario", columns: [.text("Setting"), .text("fault"), .number("planned"), .number("hit"), .text("outcome")], rows: planned)))
    }
    let disturbed = runs.indices.flatMap { run in runs[run].run.metrics.disturbances.flatMap { phases(of: $0, run: run) } }
    if !disturbed.isEmpty {
      blocks.append(
        .table(
          PageTable(
            caption: "What the faults did to the load",
            columns: [.text("Setting"), .text("fault"), .text("phase"), .number("records/s"), .number("publish p50"), .number("publish p99"), .number("publish maximum"),
              .number("recovered after"), .number("lost"), .number("duplicated"), .number("late")],
            rows: disturbed)))
    }
    return section("faults", "Faults and disturbances", blocks)
  }

  private func phases(of disturbance: Disturbance, run: Int) -> [[PageTable.Cell]] {
    let span = "\(figureText(disturbance.fromSeconds)) s \(disturbance.toSeconds.map { "to \(figureText($0)) s" } ?? "on")"
    let fault = "\(disturbance.fault), \(span)"
    guard disturbance.isExercised else {
      return [[runName(run), .text(fault), .text("not exercised", mood: .bad)] + Array(repeating: "", count: 8)]
    }
    let recovery = disturbance.recoverySeconds.map { PageTable.Cell.figure($0, "\(figureText($0)) s") } ?? .text("never", mood: .bad)
    let phases = [("before", disturbance.before), ("during", disturbance.during), ("after", disturbance.after)]
    return phases.map { phaseName, phase in
      let isDuring = phaseName == "during"
      return [
        runName(run), .text(fault), .text(phaseName), .figure(phase.recordsPerSecond, countText), .time(phase.publishP50), .time(phase.publishP99),
        .time(phase.publishMax), isDuring ? recovery : "", isDuring ? .harm(disturbance.lost) : "", isDuring ? .harm(disturbance.duplicated) : "",
        isDuring ? .count(disturbance.late) : "",
      ]
    }
  }

  var laws: Page.Section {
    var laws: [Law] = []
    for check in runs.flatMap(\.run.metrics.laws) where !laws.contains(check.law) { laws.append(check.law) }
    guard !laws.isEmpty else { return section("laws", "Laws", []) }
    let rows = laws.map { law -> [PageTable.Cell] in
      let checks = runs.indices.compactMap { run in runs[run].run.metrics.laws.first { $0.law == law }.map { (run, $0) } }
      let broken = checks.filter { !$0.1.holds }
      let example = broken.first ?? checks[0]
      return [
        .name(law.rawValue), .count(checks.reduce(0) { $0.saturatingAdding($1.1.examined) }), .count(checks.count - broken.count, mood: .good), .count(broken.count, mood: broken.isEmpty ? .plain : .bad),
        .text(broken.isEmpty ? "" : some(broken.map(\.0))), .text(example.1.figures),
      ]
    }
    let table = PageTable(
      caption: "Laws over all \(runsWord), with the figures of the first that breaks it or of the first at all",
      columns: [.text("Law"), .number("examined"), .number("runs that obey"), .number("runs that break it"), .wide("broken in"), .wide("figures")], rows: rows)
    return section(
      "laws", "Laws",
      [.paragraph(["Figures must agree with each other, whatever the run is about: jobs at a station with their times, records that came in with those that went out. A run that breaks a law is invalid."]),
        .table(table)])
  }

  var story: Page.Section {
    func table(_ run: Int) -> PageTable {
      let result = runs[run].run
      let bands = result.metrics.disturbances.map { FaultBand(fault: $0.fault, fromSeconds: $0.fromSeconds, toSeconds: $0.toSeconds) }
      return .story(result.story, bands)
    }
    let told = runs.indices.filter { !runs[$0].run.story.isEmpty }
    let blocks: [Page.Block] = told.count == 1 && runs.count == 1
      ? [.table(table(0))] : told.map { .details(runs[$0].name, [.table(table($0))]) }
    return section("story", "Story", blocks)
  }

  var repetition: Page.Section {
    let rows = runs.indices.map { run -> [PageTable.Cell] in
      let result = runs[run].run
      return [runName(run), .text(String(result.seed)), .text(result.traceHash.map(hexadecimal) ?? "real sockets: none"), .count(result.events), .text(result.replay)]
    }
    let table = PageTable(
      caption: "Each run by itself; the same build gives the same trace hash",
      columns: [.text("Setting"), .number("seed"), .text("trace hash"), .number("events"), .text("command")], rows: rows)
    return section("repeat", "How to repeat it", [.command(report.replay), runs.count == 1 ? .table(table) : .details("Each run by itself", [.table(table)])])
  }
}
