import Measurement
import Results

/// The part of a page about many trials: the verdicts over all of them, what failed and why, and how to reproduce each failure.
struct SweepPart {
  let summary: VerifySummary
  /// The start of the ids in this part; empty if it is the only one.
  let prefix: String

  func part(id: String) -> Page.Part {
    let sections = [findings, failures, verdicts, delivery, exercise, draws, repetition]
    return Page.Part(
      id: id, title: "\(grouped(summary.trials)) trials", about: "\(figureText(summary.simulatedSeconds)) simulated seconds, judged together.",
      sections: sections.filter { !$0.blocks.isEmpty })
  }

  private func section(_ id: String, _ heading: String, _ blocks: [Page.Block]) -> Page.Section {
    Page.Section(id: prefix + id, heading: heading, blocks: blocks)
  }

  private var findings: Page.Section {
    var items: [[Inline]] = [
      [.text("\(grouped(summary.asExpected)) of \(grouped(summary.trials)) trials ended as expected, \(grouped(summary.notAsExpected)) did not, and \(grouped(summary.notExercised)) did not exercise what they were to show.")]
    ]
    if summary.internalErrors > 0 { items.append([.strong("The process of \(grouped(summary.internalErrors)) trials died"), .text(", which is never a pass.")]) }
    let violated = summary.rows.filter { $0.violated > 0 }
    items.append([
      .text(violated.isEmpty ? "No guarantee was violated." : "Violated: \(violated.map { "\($0.guarantee.rawValue) in \(grouped($0.violated))" }.joined(separator: ", ")).")
    ])
    items.append(summary.records.lossFinding)
    return section("findings", "Findings", [.list(items)])
  }

  private var failures: Page.Section {
    section(
      "failures", "Failures",
      summary.causes.flatMap { failure, count -> [Page.Block] in
        let name = failure.scenario + (failure.variant.map { " (\($0))" } ?? "")
        let trials = count == 1 ? "with seed \(failure.seed)" : "in \(grouped(count)) trials, first with seed \(failure.seed)"
        return [.heading("\(name): \(failure.cause), \(trials)")] + (failure.evidence.isEmpty ? [] : [.lines(failure.evidence)]) + [.command(failure.replay)]
      })
  }

  private var verdicts: Page.Section {
    let rows = summary.rows.filter { $0.examined > 0 || $0.violated > 0 || $0.unknown > 0 }.map { row -> [PageTable.Cell] in
      let held = summary.trials.saturatingSubtracting(row.violated).saturatingSubtracting(row.unknown)
      return [.name(row.guarantee.rawValue), .count(held, mood: .good), .harm(row.violated), .count(row.unknown), .count(row.examined)]
    }
    guard !rows.isEmpty else { return section("guarantees", "Guarantees", []) }
    let table = PageTable(
      caption: "Trials by their verdicts; a verdict is unknown where nothing was examined",
      columns: [.text("Guarantee"), .number("holds"), .number("violated"), .number("unknown"), .number("examined")], rows: rows)
    return section("guarantees", "Guarantees", [.table(table)])
  }

  private var delivery: Page.Section { section("delivery", "Delivery", summary.records.blocks) }

  private var exercise: Page.Section {
    let rows = summary.faults.map { fault -> [PageTable.Cell] in
      [.name(fault.scenario), .text(fault.name), .count(fault.trials), .count(fault.planned), .count(fault.hit, mood: fault.hit == 0 ? .bad : .plain)]
    }
    let faults = PageTable(
      caption: "Entries of the schedules, over all trials", columns: [.text("Scenario"), .text("fault"), .number("trials"), .number("planned"), .number("hit")], rows: rows,
      isSortable: rows.count > 1)
    return section("exercised", "What was exercised", (rows.isEmpty ? [] : [.table(faults)]) + summary.sightings.table)
  }

  private var draws: Page.Section {
    let rows = summary.drawn.map { sum -> [PageTable.Cell] in
      [.name(sum.scenario), .text(sum.path), .text(sum.shortValue), .count(sum.trials), .harm(sum.notAsExpected)]
    }
    guard !rows.isEmpty else { return section("drawn", "What was drawn", []) }
    let table = PageTable(
      caption: "Values, and the trials that had them", columns: [.text("Scenario"), .text("path"), .wide("value"), .number("trials"), .number("not as expected")], rows: rows, isSortable: true)
    return section("drawn", "What was drawn", [.table(table)])
  }

  private var repetition: Page.Section {
    section("repeat", "How to repeat it", [.paragraph(["All trials again; each failure above has the command that replays it alone:"]), .command(summary.replay)])
  }
}
