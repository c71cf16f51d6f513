import Measurement
import Results

extension PageTable {
  /// The figures of groups, one row for each. `names`: cells before them, such as the setting.
  static func groups(_ groups: [(names: [Cell], report: GroupsReport, group: GroupMetrics)], naming columns: [Column]) -> PageTable {
    let rows = groups.map { names, report, group -> [Cell] in
      let longest = group.longestUnowned
      return names + [
        .name(group.group), .count(group.lives), .count(group.rebalances), .figure(group.rebalanceSeconds, seconds), .figure(group.longestRebalanceSeconds, seconds),
        .figure(group.unownedSeconds, seconds), .figure(group.meanUnownedSeconds, seconds), .figure(longest?.longestSeconds, seconds), .count(group.worked),
        .harm(group.workedAgain), .count(report.coordinationRequests), .figure(report.requestsPerRecord, figureText),
      ]
    }
    return PageTable(
      caption: "Rebalances are times in which one partition or another had no owner between two; a partition without an owner is not consumed. Requests are those of all groups together",
      columns: columns + [
        .text("Group"), .number("lives of members"), .number("rebalances"), .number("all of them"), .number("the longest"), .number("without an owner, all partitions"),
        .number("mean of a partition"), .number("longest of one"), .number("records worked on"), .number("worked on again"), .number("requests of coordination"),
        .number("for each record"),
      ],
      rows: rows)
  }

  private static func seconds(_ seconds: Double) -> String { "\(figureText(seconds)) s" }
}

extension BenchPart {
  var groups: Page.Section {
    let told = runs.flatMap { name, run in (run.groups?.groups ?? []).map { (names: [PageTable.Cell.name(name)], report: run.groups!, group: $0) } }
    guard !told.isEmpty else { return section("groups", "Consumer groups", []) }
    return section("groups", "Consumer groups", [.table(.groups(told, naming: [.text("Setting")]))] + pictures("owners"))
  }
}
