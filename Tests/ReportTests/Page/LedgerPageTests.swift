import Foundation
import ResultSamples
import Testing
import Workloads

@testable import Report
@testable import Results

@Suite struct LedgerPageTests {
  private static func attempt(_ transaction: Int?, _ client: String, _ fate: String?, from: Int64, to: Int64, absent: Int = 0, committed: Int64?) -> LedgerReport.Attempt {
    LedgerReport.Attempt(
      transaction: transaction, client: client, fate: fate, seconds: 6.931, committedOffset: committed,
      outputs: [LedgerReport.Output("out-0", offsets: [LedgerReport.OffsetRange(from...to)], present: Int(to - from) + 1 - absent, absent: absent)])
  }

  private static let double = LedgerReport.Row(
    "in-0", offsets: 274...290, records: 17, fault: .double, committedOffset: 400, expected: 1,
    attempts: [attempt(1, "app-2", "committed", from: 275, to: 291, committed: 291), attempt(2, "app-1", "committed", from: 290, to: 306, committed: 400)], attemptCount: 3)
  private static let sound = LedgerReport.Row(
    "in-0", offsets: 0...0, records: 1, fault: nil, committedOffset: 400, expected: 1, attempts: [attempt(0, "app-2", "committed", from: 0, to: 0, committed: 1)], attemptCount: 1)

  private static func result(_ ledger: LedgerReport) -> RunResult {
    var result = SampleTrial.result()
    var group = GroupMetrics("g", GroupFacts(GroupAnalysis(of: "g", in: Analysis(of: History())), until: nil), lag: nil)
    group.ledger = ledger
    result.groups = GroupsReport(coordinationRequests: 10, groups: [group])
    return result
  }

  @Test func `What is double stands first, each try a line with its transaction, its output and its offset`() throws {
    let ledger = LedgerReport(records: 18, double: 17, faultyRows: 2, faulty: [Self.double], sound: [Self.sound])
    let html = try PageTests.text("index.html", of: PageTests.page([.trial(Self.result(ledger))]))
    for fact in [
      "Of 18 records </", "<strong>17 are wrong</strong>: 17 double.", "the first 1 of 2 rows", "in-0 274 to 290", "transaction 1 of app-2, committed", "out-0 275 to 291",
      "out-0 290 to 306", "and 1 more try", "Records with their effect once: 1 row",
    ].map({ $0.replacingOccurrences(of: " </", with: " ") }) { #expect(html.contains(fact), "\(fact)") }
    #expect(html.firstRange(of: "in-0 274")!.lowerBound < html.firstRange(of: "in-0 0")!.lowerBound)
  }

  @Test func `The summary tells the same in lines, and of a sound ledger that it is one`() {
    let wrong = LedgerReport(records: 18, double: 17, faultyRows: 7, faulty: [Self.double], sound: [])
    #expect(
      wrong.lines(of: "g") == [
        "ledger of group g: 18 records, 17 double",
        "  in-0 274 to 290 (17 records), double: transaction 1 of app-2, committed, wrote out-0 275 to 291 and committed offset 291 | transaction 2 of app-1, committed, wrote "
          + "out-0 290 to 306 and committed offset 400 | and 1 more try | committed at the end: 400", "  and 6 more rows: trial report shows them",
      ])
    #expect(LedgerReport(records: 1, faulty: [], sound: [Self.sound]).lines(of: "g") == ["ledger of group g: 1 record, each with its effect once"])
    #expect(Self.result(wrong).summaryText.contains("  ledger of group g: 18 records, 17 double"))
  }

  @Test func `What a transaction wrote and is not there is told so`() {
    let missing = LedgerReport.Row(
      "in-0", offsets: 3...4, records: 2, fault: .missing, committedOffset: nil, expected: 1,
      attempts: [Self.attempt(4, "app", "of unknown outcome", from: 7, to: 8, absent: 2, committed: nil)], attemptCount: 1)
    let lines = LedgerReport(records: 2, missing: 2, faulty: [missing], sound: []).lines(of: "g")
    #expect(lines[1] == "  in-0 3 to 4 (2 records), missing: transaction 4 of app, of unknown outcome, wrote out-0 7 to 8 (not there) | committed at the end: nothing")
  }

  @Test func `A ledger reads back as what was written, and a count below zero is refused`() throws {
    let told = Self.result(LedgerReport(records: 18, double: 17, faulty: [Self.double], sound: [Self.sound])), text = told.json.text
    guard case .result(let stored)? = try ResultReader.stored(Data(text.utf8), at: "r.json", called: "r.json") else { return #expect(Bool(false)) }
    #expect(stored.trial == told)
    let wrong = text.replacingOccurrences(of: "\"double\": 17", with: "\"double\": -1")
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(wrong.utf8), at: "r.json", called: "r.json") }
    #expect(error?.problem == "groups.groups[0].ledger.double is -1: nothing is counted below 0")
  }
}
