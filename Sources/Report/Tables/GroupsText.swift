import Measurement
import Results
import TextTable

extension GroupsReport {
  /// A row for each group, and what coordination took of all of them.
  func text(width: Int?) -> String {
    let table = groups.map { group in
      [
        Column(title: "group", value: group.group), .right("lives", grouped(group.lives)), .right("rebalances", grouped(group.rebalances)),
        .right("in all s", seconds(group.rebalanceSeconds)), .right("longest s", seconds(group.longestRebalanceSeconds)),
        .right("partitions unowned s", seconds(group.unownedSeconds)), .right("records", grouped(group.worked)), .right("again", grouped(group.workedAgain)),
        .right("passed over", grouped(group.passedOver)), .right("max lag", group.lag.map { grouped($0.max) } ?? "-"),
        .right("final lag", group.lag.map { grouped($0.final) } ?? "-"),
      ]
    }
    var lines = [tableText(table, keys: 1, width: width)]
    let perRecord = requestsPerRecord.map { ", \(significant($0)) for each record" } ?? ""
    lines.append("\(grouped(coordinationRequests)) requests of coordination\(perRecord)")
    return lines.joined(separator: "\n")
  }

  private func seconds(_ seconds: Double) -> String { fixed(seconds, places: 2) }
}

extension BenchReport {
  /// How the groups of each setting fared; nil where there are none.
  func groupsText(width: Int?) -> String? {
    let told = rows.flatMap { row in
      row.runs.flatMap { run in
        (run.groups?.groups ?? []).map { (row: row, seed: row.isOverSeeds ? "\(run.seed)" : nil, requests: run.groups?.coordinationRequests ?? 0, group: $0) }
      }
    }
    guard !told.isEmpty else { return nil }
    func columns(_ place: Int) -> [Column] {
      let (row, seed, requests, group) = told[place]
      var columns = row.settings.map { Column(title: $0.key, value: $0.value) }
      if let seed { columns.append(Column(title: "seed", value: seed)) }
      columns += [
        Column(title: "group", value: group.group), .right("rebalances", grouped(group.rebalances)), .right("in all s", fixed(group.rebalanceSeconds, places: 2)),
        .right("partition unowned, mean s", group.meanUnownedSeconds.map { fixed($0, places: 2) } ?? "-"),
        .right("longest s", group.longestUnowned.map { fixed($0.longestSeconds, places: 2) } ?? "-"), .right("records", grouped(group.worked)),
        .right("again", grouped(group.workedAgain)), .right("requests", grouped(requests)),
      ]
      return columns
    }
    return tableText(told.indices.map(columns), keys: rows[0].settings.count + (rows[0].isOverSeeds ? 2 : 1), width: width)
  }
}
