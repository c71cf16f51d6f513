import Measurement
import Results

extension Chart {
  /// The partitions of a group over time, each a band in the colours of those who had it: where it is empty, nobody consumed it.
  ///
  /// - Parameters:
  ///   - bands: the faults of the run, as stretches of the background.
  ///   - end: of the axis, so that charts side by side have the same; nil for one by itself.
  static func owners(_ group: GroupMetrics, name: String, title: String, bands: [FaultBand], until end: Double? = nil) -> Chart? {
    guard let owners = group.owners, owners.partitions.contains(where: { !$0.tenures.isEmpty }) else { return nil }
    let shown = Array(owners.partitions.prefix(ChartStyle.rowLimit))
    let end = max(end ?? owners.endSeconds, 0.001)
    var time = Axis.linear("time of the scenario", upTo: end, marks: 10) { timeText(milliseconds: $0 * 1_000) }
    time.to = end * 1.01
    time.ticks.removeAll { $0.position > time.to }
    let colours = OwnerColours(count: owners.members.count)
    let lines = RowLines(names: shown.map(\.partition))
    var entries: [(Legend.Sample, String)] = owners.members.enumerated().prefix(OwnerColours.limit).map { (.swatch(colours[$0.offset]), "\($0.offset + 1) \($0.element)") }
    if !bands.isEmpty { entries.append((.band(ChartStyle.vermillion), "fault at work")) }
    let legend = Legend(entries)
    let notes = [
      "numbers are those of the members; where a band is empty, nobody has the partition",
      group.unowned.count > shown.count ? "the first \(shown.count) of \(group.unowned.count) partitions" : nil,
    ].compactMap(\.self)
    let right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: true), bottom = top + lines.height
    var drawing = Drawing(height: bottom + 56 + legend.height(width: right - lines.left))
    drawing.title(title, notes.joined(separator: "; "))
    legend.draw(in: &drawing, left: lines.left - 20, top: bottom + 50, width: right - lines.left)

    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: time, y: lines.axis(isLabelled: true))
    // A number needs so much of the axis.
    let room = time.to * 14 / Double(right - lines.left)
    var boxes: [[[Double]]] = Array(repeating: [], count: owners.members.count), numbers = ""
    for (line, partition) in shown.enumerated() {
      for tenure in partition.tenures where boxes.indices.contains(tenure.member) {
        let from = max(tenure.fromSeconds, 0), to = min(tenure.toSeconds ?? time.to, time.to)
        guard to > from else { continue }
        boxes[tenure.member].append(RowLines.bar(line, from: from, to: to))
        guard to - from >= room else { continue }
        numbers += "set label '\(tenure.member + 1)' at first \((from + to) / 2), first \(line) center front font '\(ChartStyle.font),\(ChartStyle.smallSize - 1)' "
          + "textcolor rgb '\(colours.ink(tenure.member))'\n"
      }
    }
    panel.curves = boxes.enumerated().filter { !$0.element.isEmpty }.map { .boxes(owners.members[$0.offset], $0.element, colour: colours[$0.offset]) }
    panel.commands = bands.map(\.backdrop).joined() + numbers
    drawing.panel(panel)
    let words = group.longestUnowned.map { "\($0.partition) was without an owner for \(figureText($0.longestSeconds)) s in one go, longer than any other partition." }
    return Chart(
      name: name, title: title,
      description: "Group \(group.group): \(owners.members.count) members, \(group.unowned.count) partitions, \(group.rebalances) rebalances. \(words ?? "")", drawing: drawing)
  }
}

extension GroupOwnership {
  /// When the last thing is told of.
  var endSeconds: Double { partitions.flatMap { $0.tenures.flatMap { [$0.fromSeconds, $0.toSeconds ?? 0] } }.max() ?? 0 }
}

/// A colour for each member: those of the charts, and then the same half as strong. With more members they come again.
private struct OwnerColours {
  static let limit = 2 * ChartStyle.seriesLimit
  private let colours: [String]

  init(count: Int) {
    let pale = ChartStyle.series.map(Self.half)
    colours = Array((ChartStyle.series + pale).prefix(max(1, min(count, Self.limit))))
  }

  subscript(_ member: Int) -> String { colours[member % colours.count] }

  /// Of words on the colour.
  func ink(_ member: Int) -> String { member % colours.count < ChartStyle.seriesLimit ? ChartStyle.paper : ChartStyle.ink }

  /// Halfway to white.
  private static func half(_ colour: String) -> String {
    guard let value = UInt32(colour.dropFirst(), radix: 16) else { return colour }
    let parts = [16, 8, 0].map { shift in (value >> UInt32(shift) & 0xff) / 2 + 128 }
    return "#" + parts.map { String($0, radix: 16) }.joined()
  }
}

extension BenchReport {
  /// The groups of each row's first run over time, all on one scale.
  var ownersCharts: [Chart] {
    let names = RowNames(self)
    let groups = rows.enumerated().flatMap { row, value in (value.result.groups?.groups ?? []).map { (row: row, group: $0) } }
    let end = groups.compactMap { $0.group.owners?.endSeconds }.max()
    return groups.compactMap { row, group in
      let isOnly = rows[row].result.groups?.groups.count == 1
      let bands = rows[row].result.metrics.disturbances.map { FaultBand(fault: $0.fault, fromSeconds: $0.fromSeconds, toSeconds: $0.toSeconds) }
      return .owners(
        group, name: "owners-\(row + 1)\(isOnly ? "" : "-" + group.group.fileName)", title: "Owners over time, \(names[row])\(isOnly ? "" : ", group \(group.group)")",
        bands: bands, until: end)
    }
  }
}

extension RunResult {
  var ownersCharts: [Chart] {
    let groups = groups?.groups ?? []
    return groups.compactMap { group in
      .owners(
        group, name: groups.count == 1 ? "owners" : "owners-\(group.group.fileName)", title: "Owners over time\(groups.count == 1 ? "" : ", group \(group.group)")",
        bands: bands)
    }
  }
}
