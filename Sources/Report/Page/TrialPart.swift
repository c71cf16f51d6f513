import Measurement
import Results
import Workloads

/// The part of a page about one trial: the outcome, the verdicts with their evidence, the story with its faults, and how to reproduce it.
struct TrialPart {
  let result: RunResult
  /// In the order of `ChartSet`.
  let pictures: [Picture]
  /// The start of the ids in this part; empty if it is the only one.
  let prefix: String
  /// Of the explanation; nil if there is none.
  var drawing: PageDrawing?

  func part(id: String) -> Page.Part {
    let sections = [findings, explanation, odds, verdicts, groups, transactions, ledgers, story, delivery, exercise, run, repetition]
    let variant = result.variant.map { " (\($0))" } ?? ""
    return Page.Part(id: id, title: "\(result.scenario)\(variant), seed \(result.seed)", about: result.about, sections: sections.filter { !$0.blocks.isEmpty })
  }

  private func section(_ id: String, _ heading: String, _ blocks: [Page.Block]) -> Page.Section {
    Page.Section(id: prefix + id, heading: heading, blocks: blocks)
  }

  private var findings: Page.Section {
    var items: [[Inline]] = [[.text("The trial ended "), .strong(result.exitCode.word), .text(".")]]
    items += result.expectations.filter { $0.conclusion != .met }.map { expectation in
      [.strong("Expected \(expectation.text): \(expectation.conclusion.rawValue)"), .text(expectation.advice.map { ". \($0)" } ?? ".")]
    }
    let violated = result.verdicts.filter { $0.conclusion == .violated }
    let expected = violated.isEmpty ? "No guarantee was violated." : "Violated: \(violated.map(\.guarantee.rawValue).joined(separator: ", "))."
    items.append([.text(expected)])
    items.append(result.delivery.lossFinding)
    let idle = result.unhitFaults.map(\.name)
    if !idle.isEmpty { items.append([.strong("Not exercised"), .text(": \(idle.listed) never hit anything.")]) }
    if let availability = result.availability { items.append([.text("\(availability.text.capitalizedFirst).")]) }
    return section("findings", "Findings", [.list(items)] + expectations)
  }

  /// In sight as long as they are few; of many those that are met are there for whoever asks.
  private var expectations: [Page.Block] {
    func table(_ expectations: [ExpectationResult]) -> [Page.Block] {
      let rows = expectations.map { [PageTable.Cell.name($0.text), .text($0.conclusion.rawValue, mood: $0.conclusion.mood)] }
      return rows.isEmpty ? [] : [.table(PageTable(caption: "What the scenario expects", columns: [.text("Expected"), .text("outcome")], rows: rows))]
    }
    let met = result.expectations.filter { $0.conclusion == .met }
    guard met.count > ExpectationResult.fewest else { return table(result.expectations) }
    let others = result.expectations.filter { $0.conclusion != .met }
    return table(others) + [.details("\(met.count)\(others.isEmpty ? "" : " other") expectations are met", table(met))]
  }

  private var verdicts: Page.Section {
    // What is violated is seen first.
    let sorted = result.verdicts.filter { $0.conclusion == .violated } + result.verdicts.filter { $0.conclusion != .violated }
    let rows = sorted.map { verdict -> [PageTable.Cell] in
      [
        .name(verdict.guarantee.rawValue), .text(verdict.conclusion.rawValue, mood: verdict.conclusion.mood), .count(verdict.examined), .harm(verdict.caseCount),
      ]
    }
    guard !rows.isEmpty else { return section("guarantees", "Guarantees", []) }
    let table = PageTable(
      caption: "A verdict is unknown where nothing was examined", columns: [.text("Guarantee"), .text("verdict"), .number("examined"), .number("violations")], rows: rows)
    return section("guarantees", "Guarantees", [.table(table)] + result.verdicts.filter { $0.conclusion == .violated }.flatMap(evidence))
  }

  /// Shows the first violations, and folds the others.
  private func evidence(_ verdict: Verdict) -> [Page.Block] {
    let shown = 5, rest = verdict.cases.dropFirst(shown)
    let told = verdict.caseCount > verdict.cases.count ? ", the first \(verdict.cases.count) told" : ""
    let violations = "\(grouped(verdict.caseCount)) violation\(verdict.caseCount == 1 ? "" : "s")"
    return [.heading("\(verdict.guarantee.rawValue): \(violations)\(told)"), .lines(Array(verdict.cases.prefix(shown)))]
      + (rest.isEmpty ? [] : [.details("\(rest.count) more", [.lines(Array(rest))])])
  }

  private var explanation: Page.Section {
    section("explanation", "Why it happened", result.explanation.map { explanationBlocks($0, drawing) } ?? [])
  }

  /// When the failure became inevitable.
  private var odds: Page.Section {
    guard let odds = result.odds else { return section("odds", "When it became inevitable", []) }
    let events = odds.events(of: result.story)
    let table = events.isEmpty ? [] : [Page.Block.table(.story(StoryDigest(events).lines, result.bands))]
    return section("odds", "When it became inevitable", [.paragraph([.text(odds.text)])] + pictures("odds") + table)
  }

  private var story: Page.Section {
    let digest = StoryDigest(result.story.filter { $0.weight > .detail })
    let hidden = "\(counted(digest.hidden, "line")) that only name another partition are left out; the result's file has them."
    let blocks = pictures("story") + [.table(.story(digest.lines, result.bands))] + (digest.hidden == 0 ? [] : [.paragraph([.text(hidden)])])
    return section("story", "Story", digest.lines.isEmpty ? [] : blocks)
  }

  private var groups: Page.Section {
    guard let report = result.groups else { return section("groups", "Consumer groups", []) }
    let table = PageTable.groups(report.groups.map { (names: [], report: report, group: $0) }, naming: [])
    return section("groups", "Consumer groups", [.table(table)] + pictures("owners"))
  }

  private var transactions: Page.Section {
    guard let report = result.coordinatedTransactions else { return section("transactions", "Transactions", []) }
    let hanging = report.timeline?.hanging ?? []
    return section(
      "transactions", "Transactions",
      [.table(.transactions([(names: [], report: report)], naming: []))] + pictures("transactions") + (hanging.isEmpty ? [] : [.table(.hanging(hanging))]))
  }

  private var ledgers: Page.Section {
    let told = (result.groups?.groups ?? []).compactMap { group in group.ledger.map { (group.group, $0) } }
    return section("ledger", "Ledger", told.flatMap { group, ledger in (told.count > 1 ? [.heading("Group \(group)")] : []) + ledger.blocks(of: group) })
  }

  /// The charts whose name begins with `name`, in their order.
  private func pictures(_ name: String) -> [Page.Block] { pictures.blocks(named: prefix + name) }

  private var delivery: Page.Section {
    section("delivery", "Delivery", result.delivery.blocks)
  }

  private var exercise: Page.Section {
    let rows = result.faults.map { fault -> [PageTable.Cell] in
      [.name(fault.name), .count(fault.planned), .count(fault.hit), fault.hit == 0 ? .text("not exercised", mood: .bad) : .text("exercised", mood: .good)]
    }
    let faults = PageTable(caption: "Entries of the schedule", columns: [.text("Fault"), .number("planned"), .number("hit"), .text("outcome")], rows: rows)
    return section("exercised", "What was exercised", (rows.isEmpty ? [] : [.table(faults)]) + result.sightings.table)
  }

  private var run: Page.Section {
    let facts: [(name: String, value: [Inline])] = [
      ("Scenario", [.text(result.scenario)]), ("Variant", [.text(result.variant ?? "none")]), ("Seed", [.text(String(result.seed))]), ("Build", [.text(result.build)]),
      ("Trace hash", [.code(result.traceText ?? "none")]), ("Events", [.text(grouped(result.events))]),
      (result.traceHash == nil ? "Time on real machines" : "Simulated time", [.text("\(figureText(result.simulated.seconds)) s")]),
    ]
    let drawn = result.choices.map { [PageTable.Cell.name($0.path), .text($0.value)] }
    let choices = PageTable(caption: "What the scenario leaves to the seed", columns: [.text("Drawn"), .text("value")], rows: drawn)
    return section("run", "What was run", [.facts(facts)] + (drawn.isEmpty ? [] : [.table(choices)]))
  }

  private var repetition: Page.Section {
    section(
      "repeat", "How to repeat it",
      [
        result.traceHash == nil
          ? .paragraph(["On real machines chance alone is the same, not time: another run may come out otherwise."])
          : .paragraph(["The same build gives the same trace hash. With ", .code("--story"), " it tells the details too, with ", .code("--trace FILE"), " it writes a line for every event:"]),
        .command(result.replay),
      ])
  }
}

extension [SightingCount] {
  /// As a separate block; empty if nothing was seen.
  var table: [Page.Block] {
    isEmpty ? [] : [.table(PageTable(caption: "Seen on the way", columns: [.text("Seen"), .number("times")], rows: map { [.name($0.sighting.rawValue), .count($0.count)] }))]
  }
}

extension PageTable {
  /// The events with the faults that were active at the time.
  static func story(_ lines: [StoryLine], _ bands: [FaultBand]) -> PageTable {
    let rows = lines.map { line -> [Cell] in
      let atWork = bands.filter { $0.contains(line.time.seconds) }.map(\.fault)
      let cells: [Cell] = [
        .figure(line.time.seconds, fixed(line.time.seconds, places: 3)), .text(line.who), .text(line.what, mood: line.weight == .finding ? .bad : .plain),
      ]
      return cells + (bands.isEmpty ? [] : [.text(atWork.listed)])
    }
    return PageTable(
      caption: "Seconds of the scenario's clock; what was done to the cluster is marked",
      columns: [.number("s"), .text("who"), .text("what")] + (bands.isEmpty ? [] : [.text("faults at work")]), rows: rows,
      marked: Set(lines.indices.filter { lines[$0].weight == .fault }))
  }
}

extension Delivery {
  /// All counts, what permitted losses, and which rules deleted records.
  var blocks: [Page.Block] {
    let reasons = permittedBy.map { "\(grouped($0.count)) lost, permitted by \($0.reason)" } + deletedBy.map { "\(grouped($0.count)) deleted by \($0.reason)" }
    return [.table(table)] + (reasons.isEmpty ? [] : [.list(reasons.map { [.text($0)] })])
  }

  /// Every count with its name.
  private var table: PageTable {
    let harm: Set = ["failed", "unknown", "lost", "permittedLoss", "duplicated", "reordered"]
    let cells = Self.counts.map { count -> PageTable.Cell in harm.contains(count.name) ? .harm(self[keyPath: count.path]) : .count(self[keyPath: count.path]) }
    return PageTable(
      caption: "What became of the records", columns: Self.counts.map { .number($0.name == "permittedLoss" ? "permitted loss" : $0.name) } + [.number("violations")],
      rows: [cells + [.harm(violations)]])
  }

  /// The number of lost records, in a sentence.
  var lossFinding: [Inline] {
    let removed = deleted == 0 ? "" : " \(grouped(deleted)) were deleted by rule, which is no loss."
    guard lost > 0 else { return [.text("Of \(grouped(acked)) acknowledged records none was lost.\(removed)")] }
    return [
      .text("Of \(grouped(acked)) acknowledged records "), .strong("\(grouped(lost)) were lost"),
      .text((violations == 0 ? ", all as settings and faults permit." : ", \(grouped(violations)) of them with nothing that permits it.") + removed),
    ]
  }
}

extension Conclusion {
  var mood: PageTable.Cell.Mood {
    switch self {
    case .holds: .good
    case .violated: .bad
    case .unknown: .unknown
    }
  }
}

extension ExpectationResult.Conclusion {
  var mood: PageTable.Cell.Mood {
    switch self {
    case .met: .good
    case .notMet: .bad
    case .notExercised: .unknown
    }
  }
}

extension String {
  /// With a capital letter, for the start of a sentence.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
