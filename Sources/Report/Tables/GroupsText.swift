import Measurement
import Results
import TextTable

extension GroupsReport {
  /// A row for each group, and what coordination took of all of them.
  var text: String {
    let table = TextTable<GroupMetrics> { group in
      [
        Column(title: "group", value: group.group), .right("lives", grouped(group.lives)), .right("rebalances", grouped(group.rebalances)),
        .right("in all s", seconds(group.rebalanceSeconds)), .right("longest s", seconds(group.longestRebalanceSeconds)),
        .right("partitions unowned s", seconds(group.unownedSeconds)), .right("records", grouped(group.worked)), .right("again", grouped(group.workedAgain)),
        .right("passed over", grouped(group.passedOver)), .right("max lag", group.lag.map { grouped($0.max) } ?? "-"),
        .right("final lag", group.lag.map { grouped($0.final) } ?? "-"),
      ]
    }
    var lines = [trimmed(table.string(for: groups) ?? "")]
    let perRecord = requestsPerRecord.map { ", \(significant($0)) for each record" } ?? ""
    lines.append("\(grouped(coordinationRequests)) requests of coordination\(perRecord)")
    return lines.joined(separator: "\n")
  }

  private func seconds(_ seconds: Double) -> String { fixed(seconds, places: 2) }
}
