import Measurement
import Results

extension Chart {
  /// The partitions of a group over time, each a band in the colours of its owners: a gap means that no member consumed it.
  ///
  /// - Parameters:
  ///   - bands: the faults of the run, as bands in the background.
  ///   - end: the end of the axis, so that adjacent charts have the same one; nil for a single chart.
  static func owners(_ group: GroupMetrics, name: String, title: String, bands: [FaultBand], until end: Double? = nil) -> Chart? {
    guard let owners = group.owners, owners.partitions.contains(where: { !$0.tenures.isEmpty }) else { return nil }
    let shown = Array(owners.partitions.prefix(ChartStyle.rowLimit))
    let time = TrialChart.axis(until: end ?? owners.endSeconds)
    let colours = OwnerColours(count: owners.members.count)
    let lines = RowLines(names: shown.map(\.partition))
    var entries: [(Legend.Sample, String)] = owners.members.enumerated().prefix(OwnerColours.limit).map { (.swatch(colours[$0.offset]), "\($0.offset + 1) \($0.element)") }
    if !bands.isEmpty { entries.append((.band(ChartStyle.vermillion), "fault at work")) }
    let legend = Legend(entries)
    let generations = GenerationMarks(owners.generations ?? [], until: time.to, width: ChartStyle.width - 24 - lines.left)
    let pieces = shown.map { OwnedPiece.pieces(of: $0, members: owners.members.count, until: time.to) }
    let isShared = pieces.contains { $0.contains { $0.count > 1 } }
    let notes = [
      "a bar is an owner, with the member's number", isShared ? "in a shared line each takes the partition for its own" : nil,
      generations.isEmpty ? nil : "above: stable generations",
    ].compactMap(\.self)
    let part = group.unowned.count > shown.count ? ", the first \(shown.count) of \(group.unowned.count) partitions" : ""
    let right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: true) + (generations.isEmpty ? 0 : 16), bottom = top + lines.height
    var drawing = Drawing(height: bottom + 56 + legend.height(width: right - lines.left))
    drawing.title(title + part, notes.joined(separator: "; "))
    legend.draw(in: &drawing, left: lines.left - 20, top: bottom + 50, width: right - lines.left)

    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: time, y: lines.axis(isLabelled: true))
    // The room on the axis that a number needs.
    let room = time.to * 14 / Double(right - lines.left)
    var boxes: [[[Double]]] = Array(repeating: [], count: owners.members.count), numbers = ""
    for (line, piece) in pieces.enumerated().flatMap({ line, pieces in pieces.map { (line, $0) } }) {
      let bar = RowLines.bar(line, from: piece.from, to: piece.to, part: piece.place, of: piece.count)
      boxes[piece.member].append(bar)
      guard piece.to - piece.from >= room, piece.count <= 2 else { continue }
      let size = ChartStyle.smallSize - (piece.count == 1 ? 1 : 3)
      numbers += "set label '\(piece.member + 1)' at first \(bar[0]), first \((bar[4] + bar[5]) / 2) center front font '\(ChartStyle.font),\(size)' "
        + "textcolor rgb '\(colours.ink(piece.member))'\n"
    }
    panel.curves = boxes.enumerated().filter { !$0.element.isEmpty }.map { .boxes(owners.members[$0.offset], $0.element, colour: colours[$0.offset]) }
    panel.commands = bands.backdrops + generations.commands + numbers
    drawing.panel(panel)
    let counts = [counted(owners.members.count, "member"), counted(group.unowned.count, "partition"), counted(group.rebalances, "rebalance")].joined(separator: ", ")
    let words = group.longestUnowned.map { "\($0.partition) was without an owner for \(figureText($0.longestSeconds)) s in one go, longer than any other partition." }
    return Chart(
      name: name, title: title,
      description: "Group \(group.group): \(counts). \(words ?? "")", drawing: drawing)
  }
}

extension GroupOwnership {
  /// The end of the last tenure.
  var endSeconds: Double { partitions.flatMap { $0.tenures.flatMap { [$0.fromSeconds, $0.toSeconds ?? 0] } }.max() ?? 0 }
}

/// A colour for each member: those of the charts, then the same at half strength. With more members they repeat.
private struct OwnerColours {
  static let limit = 2 * ChartStyle.seriesLimit
  private let colours: [String]

  init(count: Int) {
    let pale = ChartStyle.series.map(Self.half)
    colours = Array((ChartStyle.series + pale).prefix(max(1, min(count, Self.limit))))
  }

  subscript(_ member: Int) -> String { colours[member % colours.count] }

  /// The colour of text on the member's colour.
  func ink(_ member: Int) -> String { member % colours.count < ChartStyle.seriesLimit ? ChartStyle.paper : ChartStyle.ink }

  /// Half way to white.
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
        bands: bands, until: endSeconds)
    }
  }
}

/// A stretch of time in which a member has a partition for its own, with how many others have it as well.
private struct OwnedPiece {
  let member: Int
  var from: Double
  var to: Double
  /// Among those who have it, and how many they are.
  let place: Int
  let count: Int

  /// Of one partition, from left to right. Whoever has it for longer stands above.
  static func pieces(of partition: GroupOwnership.Partition, members: Int, until end: Double) -> [OwnedPiece] {
    let tenures = partition.tenures.compactMap { tenure -> (member: Int, from: Double, to: Double)? in
      let from = max(tenure.fromSeconds, 0), to = min(tenure.toSeconds ?? end, end)
      return to > from && (0..<members).contains(tenure.member) ? (tenure.member, from, to) : nil
    }
    let bounds = Array(Set(tenures.flatMap { [$0.from, $0.to] })).sorted()
    // Of tenures in the order of their begin those before `next` have begun.
    let ordered = tenures.enumerated().sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }.map(\.element)
    var pieces: [OwnedPiece] = [], open: [(member: Int, from: Double, to: Double)] = [], next = 0
    for (from, to) in zip(bounds, bounds.dropFirst()) {
      open.removeAll { $0.to <= from }
      while next < ordered.count, ordered[next].from <= from {
        if !open.contains(where: { $0.member == ordered[next].member }) { open.append(ordered[next]) }
        next += 1
      }
      for (place, tenure) in open.enumerated() {
        let piece = OwnedPiece(member: tenure.member, from: from, to: to, place: place, count: open.count)
        let isSame = tenure.from < from && pieces.last { $0.member == tenure.member }.map { $0.to == from && $0.place == place && $0.count == open.count } == true
        if isSame, let last = pieces.lastIndex(where: { $0.member == tenure.member }) { pieces[last].to = to } else { pieces.append(piece) }
      }
    }
    return pieces
  }
}

/// The generations of a group, as marks above its partitions.
private struct GenerationMarks {
  /// gnuplot's.
  let commands: String
  var isEmpty: Bool { commands.isEmpty }

  /// Of those that lie too close to each other to be read, the first has its number.
  /// - Parameter width: of the axis, in pixels.
  init(_ generations: [GroupOwnership.Generation], until end: Double, width: Int) {
    let room = end * 26 / Double(max(width, 1))
    var commands = "", last = -Double.infinity
    for generation in generations where generation.fromSeconds <= end {
      let from = max(generation.fromSeconds, 0)
      guard from - last >= room else { continue }
      last = from
      commands += "set arrow from first \(from), graph 0 to first \(from), graph 1 nohead front linecolor rgb '\(ChartStyle.quietInk)' linewidth 0.75 dashtype (3,3)\n"
      commands += "set label '\(generation.number)' at first \(from), graph 1 center offset 0,0.6 front font '\(ChartStyle.font),\(ChartStyle.smallSize - 1)' "
        + "textcolor rgb '\(ChartStyle.quietInk)'\n"
    }
    self.commands = commands
  }
}
