import Measurement

extension BenchPart {
  /// The rates that a search tried, if there was a search.
  var searches: Page.Section {
    let rows = runs.flatMap { name, run in
      (run.search?.steps ?? []).map { step -> [PageTable.Cell] in
        [
          .name(name), .figure(step.recordsPerSecond, rateText), .figure(step.published, rateText),
          .time(step.publishP99), step.missed.isEmpty ? .text("all objectives met", mood: .good) : .text(step.missed.joined(separator: ", "), mood: .bad),
        ]
      }
    }
    guard !rows.isEmpty else { return section("search", "Search for the highest rate", []) }
    let found = runs.compactMap { name, run -> [Inline]? in
      guard let search = run.search else { return nil }
      let rate = search.recordsPerSecond.map { "\(rateText($0)) records/s" } ?? "no rate"
      return [.text("\(name): "), .strong(rate), .text(search.recordsPerSecond == nil ? " meets " : " is the highest that meets "), .text(search.objectives.joined(separator: " and "))]
    }
    let table = PageTable(
      caption: "Every rate that was tried", columns: [.text("Setting"), .number("asked, records/s"), .number("published, records/s"), .number("publish p99"), .text("missed")], rows: rows)
    return section("search", "Search for the highest rate", [.list(found)] + pictures("search") + [.table(table)])
  }
}
