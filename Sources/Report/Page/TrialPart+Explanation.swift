import Measurement
import Results

extension TrialPart {
  /// What led to the first violation, as a picture and as a table, and what becomes of the trial without each fault.
  func explanationBlocks(_ explanation: Explanation, _ drawing: PageDrawing?) -> [Page.Block] {
    let rows = zip(explanation.lines.indices, explanation.lines).map { index, line -> [PageTable.Cell] in
      [
        .count(index + 1), .figure(line.seconds, fixed(line.seconds, places: 3)), .text(line.who), .text(line.told, mood: line.kind == .evidence ? .bad : .plain),
        line.neededBy.map { .text("\($0): \(line.why)") } ?? "",
      ]
    }
    var table = PageTable(
      caption: "What led to it, oldest first",
      columns: [.number("#"), .number("s"), .text("Who"), .wide("what happened"), .wide("which later line needed it, and what for")], rows: rows)
    table.marked = Set(explanation.lines.indices.filter { explanation.lines[$0].kind == .fault })
    var blocks: [Page.Block] = [
      .paragraph([.strong("\(explanation.guarantee.rawValue) is violated"), .text(": \(explanation.evidence)")])
    ]
    if let drawing { blocks.append(.drawing(drawing)) }
    blocks.append(.table(table))
    if explanation.leftOut > 0 { blocks.append(.paragraph([.text("\(counted(explanation.leftOut, "line")) that matter less are left out.")])) }
    if !explanation.faults.isEmpty { blocks.append(.table(faultTable(explanation.faults))) }
    return blocks
  }

  private func faultTable(_ faults: [Explanation.Fault]) -> PageTable {
    let areAlone = faults.allSatisfy(\.together.isEmpty)
    return PageTable(
      caption: "What would have prevented it: the trial without each entry of its schedule, one at a time",
      columns: [.wide("Without"), .number("at s"), .text("the violation")] + (areAlone ? [] : [.wide("what had to go with it")]),
      rows: faults.map { fault in
        [
          .name(fault.what), .figure(fault.seconds) { fixed($0, places: 3) }, .text(fault.outcome.words, mood: fault.outcome == .prevented ? .good : .plain),
        ] + (areAlone ? [] : [.text(fault.together.joined(separator: "; "))])
      })
  }
}
