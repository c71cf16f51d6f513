import Measurement
import Results

extension LedgerReport {
  /// The counts, the records that are missing or double, and a sample of the others for whoever asks.
  func blocks(of group: String) -> [Page.Block] {
    let verdict: [Inline] = faultyRecords == 0
      ? [.text("Of \(counted(records, "record")) each has its effect once.")]
      : [.text("Of \(counted(records, "record")) "), .strong("\(grouped(faultyRecords)) \(faultyRecords == 1 ? "is" : "are") wrong"), .text(": \(faultText).")]
    let told = faultyRows > faulty.count ? ", the first \(grouped(faulty.count)) of \(grouped(faultyRows)) rows" : ""
    let caption = "What is missing or double\(told). Each try to consume a row's records is a line. Its offset: what the transaction committed for the input; final offset: "
      + "what the group has committed in the end"
    let wrong: [Page.Block] = faulty.isEmpty ? [] : [.table(table(faulty, caption))]
    let share = soundRows > sound.count ? "\(sound.count) of \(grouped(soundRows)) rows, spread over all of them" : counted(sound.count, "row")
    let right: [Page.Block] = sound.isEmpty ? [] : [.details("Records with their effect once: \(share)", [.table(table(sound, "Records with their effect once"))])]
    return [.paragraph(verdict)] + wrong + right
  }

  private func table(_ rows: [Row], _ caption: String) -> PageTable {
    let cells = rows.flatMap { row -> [[PageTable.Cell]] in
      var tries = row.attempts.isEmpty ? [[PageTable.Cell.text("nobody"), "", "", ""]] : row.attempts.map(\.cells)
      if row.attemptCount > row.attempts.count { tries.append([.text("and \(counted(row.attemptCount - row.attempts.count, "more try", "more tries"))"), "", "", ""]) }
      return tries.enumerated().map { place, attempt in (place == 0 ? row.cells : ["", "", ""]) + attempt + [place == 0 ? row.committed : ""] }
    }
    return PageTable(
      caption: caption,
      columns: [
        .text("Input offsets"), .number("records"), .text("what is wrong"), .text("consumed by"), .number("at"), .text("output offsets"), .number("its offset"),
        .number("final offset"),
      ],
      rows: cells)
  }
}

extension LedgerReport.Row {
  fileprivate var cells: [PageTable.Cell] {
    [.name(place), .count(records), fault.map { .text($0.words, mood: .bad) } ?? .text("nothing", mood: .good)]
  }

  fileprivate var committed: PageTable.Cell { committedOffset.map { .count($0) } ?? .text("none") }
}

extension LedgerReport.Attempt {
  fileprivate var cells: [PageTable.Cell] {
    [
      .text(who, mood: fate == "committed" || fate == nil ? .plain : .unknown), .figure(seconds, "\(fixed(seconds, places: 3)) s"), .text(outputText),
      committedOffset.map { .count($0) } ?? .notMeasured,
    ]
  }
}
