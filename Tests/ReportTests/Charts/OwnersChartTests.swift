import Foundation
import ResultSamples
import Testing
import Workloads

@testable import Report
@testable import Results

@Suite struct OwnersChartTests {
  private static func group(members: Int = 2, partitions: Int = 1) -> GroupMetrics {
    var group = GroupMetrics("g", GroupFacts(GroupAnalysis(of: "g", in: Analysis(of: History())), until: nil), lag: nil)
    group.rebalances = 3
    group.workedAgain = 4
    group.unowned = [GroupMetrics.Unowned(partition: "t-0", seconds: 3, longestSeconds: 2.5)]
    group.owners = GroupOwnership(
      members: (1...members).map { "member-\($0)" },
      partitions: (0..<partitions).map { partition in
        GroupOwnership.Partition("t-\(partition)", [
          GroupOwnership.Tenure(member: 0, fromSeconds: -1, toSeconds: 10), GroupOwnership.Tenure(member: members - 1, fromSeconds: 12.5, toSeconds: nil),
          GroupOwnership.Tenure(member: 0, fromSeconds: 20, toSeconds: 20.5),
        ])
      })
    return group
  }

  private static func chart(_ group: GroupMetrics, until end: Double? = nil) -> Chart? {
    .owners(group, name: "owners", title: "Owners over time", bands: [FaultBand(fault: "kill", fromSeconds: 9, toSeconds: nil)], until: end)
  }

  @Test func `Each partition is a band in the colours of its owners, with a gap where it has none`() throws {
    let chart = try #require(Self.chart(Self.group(), until: 100))
    #expect(chart.curveTitles == ["member-1", "member-2"])
    // What began before the scenario is cut off, and what has no end goes on to that of the picture. While two members have the partition they share the line.
    #expect(chart.script.contains("5.0 0.0 0.0 10.0 -0.36 0.36\n20.25 0.0 20.0 20.5 0.0 0.36\n"))
    #expect(chart.script.contains("16.25 0.0 12.5 20.0 -0.36 0.36\n20.25 0.0 20.0 20.5 -0.36 0.0\n60.75 0.0 20.5 101.0 -0.36 0.36\n"))
    #expect(chart.script.contains("in a shared line each takes the partition for its own"))
    #expect(chart.script.contains("set label '1' at first 5.0, first 0.0 center"))
    #expect(!chart.script.contains("set label '1' at first 20.25"))
    #expect(chart.script.contains("from first 9.0, graph 0 to graph 1, graph 1 behind"))
    #expect(
      chart.description
        == "Group g: 2 members, 1 partition, 3 rebalances. t-0 was without an owner for 2.5 s in one go, longer than any other partition.")
  }

  @Test func `Generations stand above the partitions, and of those that lie too close together the first one`() throws {
    var group = Self.group()
    group.owners?.generations = [2, 3, 9].map { GroupOwnership.Generation($0, fromSeconds: $0 == 3 ? 2.1 : Double($0)) }
    let chart = try #require(Self.chart(group, until: 100))
    #expect(chart.script.contains("set label '2' at first 2.0, graph 1") && chart.script.contains("set label '9' at first 9.0, graph 1") && !chart.script.contains("set label '3'"))
    #expect(chart.script.contains("above: stable generations"))
  }

  @Test func `Where several faults are at work the background is no darker, and between them it is bare`() {
    let bands = [(1.0, 4.0), (2, 3), (3.5, 6), (8, 9)].map { FaultBand(fault: "f", fromSeconds: $0.0, toSeconds: $0.1) }
    #expect(bands.backdrops.matches(of: /from first ([\d.]+), graph 0 to first ([\d.]+),/).map { "\($0.1) \($0.2)" } == ["1.0 6.0", "8.0 9.0"])
    let open = bands + [FaultBand(fault: "g", fromSeconds: 5, toSeconds: nil)]
    #expect(open.backdrops.split(separator: "\n").count == 1 && open.backdrops.contains("from first 1.0, graph 0 to graph 1, graph 1"))
  }

  @Test func `Members without partitions are not drawn, and many members are drawn in paler colours`() throws {
    var group = Self.group()
    group.owners = nil
    #expect(Self.chart(group) == nil)
    let many = try #require(Self.chart(Self.group(members: 12, partitions: 60), until: 100))
    #expect(many.script.contains("fillcolor rgb '#f3cf80'"))
    #expect(many.script.contains("'t-39' 39.0") && !many.script.contains("'t-40'"))
  }

  @Test func `A page of a trial with groups shows their figures and the owners`() throws {
    var result = SampleTrial.result()
    result.groups = GroupsReport(coordinationRequests: 10, groups: [Self.group()])
    let html = try PageTests.text("index.html", of: PageTests.page([.trial(result)]))
    #expect(html.contains("Consumer groups") && html.contains("charts/owners"))
  }
}
