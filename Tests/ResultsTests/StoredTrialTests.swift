import Foundation
import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Results

@Suite struct StoredTrialTests {
  private static func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value { try JSONDecoder().decode(type, from: Data(text.utf8)) }

  @Test func `A trial reads back as it was, except for the details of its story`() throws {
    var told = SampleTrial.lossy
    told.story.removeAll { $0.weight == .detail }
    let text = SampleTrial.lossy.json.text
    #expect(try Self.read(RunResult.self, text) == told)
    #expect(told.json.text == text)
  }

  @Test func `The figures of groups read back, and are missing if there are none`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"groups\""))
    var told = SampleTrial.result()
    var group = GroupMetrics("g", GroupFacts(GroupAnalysis(of: "g", in: Analysis(of: History())), until: nil), lag: GroupMetrics.Lag(max: 12, maxAtSeconds: 2.5, final: 0))
    group.rebalances = 3
    group.worked = 40
    group.workedAgain = 0
    group.owners = GroupOwnership(
      members: ["a"], partitions: [GroupOwnership.Partition("t-0", [GroupOwnership.Tenure(member: 0, fromSeconds: 1.5, toSeconds: nil)])])
    told.groups = GroupsReport(coordinationRequests: 10, groups: [group])
    #expect(told.groups?.requestsPerRecord == 0.25)
    let text = told.json.text
    #expect(try Self.read(RunResult.self, text) == told)
    let figures = MetricCatalogue.metrics(of: told)
    #expect(figures.first { $0.path == "rebalances" }?.value == .number(3) && figures.first { $0.path == "coordination-requests" }?.value == .number(10))
    #expect(!MetricCatalogue.metrics(of: SampleTrial.lossy).contains { $0.path == "unowned-time" })
    let wrong = text.replacingOccurrences(of: "\"worked\": 40", with: "\"worked\": -1")
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(wrong.utf8), at: "r.json", called: "r.json") }
    #expect(error?.problem == "groups.groups[0].worked is -1: nothing is counted below 0")
  }

  @Test func `The figures of transactions read back, and are missing if there are none`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"coordinatedTransactions\""))
    var told = SampleTrial.result()
    let lengths = TransactionsReport.Lengths((1...200).map { .milliseconds(Int64($0)) })
    #expect(lengths == TransactionsReport.Lengths(p50Seconds: 0.1, p90Seconds: 0.18, p99Seconds: 0.198, maxSeconds: 0.2))
    #expect(TransactionsReport.Lengths([]) == nil && TransactionsReport.Lengths([.seconds(2)])?.p50Seconds == 2)
    told.coordinatedTransactions = TransactionsReport(
      committed: 150, aborted: 50, timedOut: 3, epochs: 201, refusals: 4, zombies: 2, lengths: lengths, coordinationRequests: 700)
    #expect(told.coordinatedTransactions?.requestsPerTransaction == 3.5)
    let text = told.json.text
    #expect(try Self.read(RunResult.self, text) == told)
    let figures = MetricCatalogue.metrics(of: told)
    #expect(figures.first { $0.path == "transactions-committed" }?.value == .number(150) && figures.first { $0.path == "transaction-length.p99" }?.value == .number(0.198))
    #expect(!MetricCatalogue.metrics(of: SampleTrial.lossy).contains { $0.path == "transaction-requests" })
    let wrong = text.replacingOccurrences(of: "\"timedOut\": 3", with: "\"timedOut\": -1")
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(wrong.utf8), at: "r.json", called: "r.json") }
    #expect(error?.problem == "coordinatedTransactions.timedOut is -1: nothing is counted below 0")
  }

  @Test func `The outcomes of transactions read back and are added up, and are missing if there are none`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"transactions\"") && !SampleTrial.sweep(of: [SampleTrial.lossy]).json.text.contains("\"transactions\""))
    var told = SampleTrial.result(), counts = TransactionCounts()
    counts.begun = 5
    counts.committed = 3
    counts.aborted = 2
    told.transactions = counts
    #expect(try Self.read(RunResult.self, told.json.text) == told)
    let sweep = SampleTrial.sweep(of: [told, SampleTrial.result(), told])
    #expect(sweep.transactions == counts + counts && sweep.transactions?.begun == 10)
    #expect(try Self.read(VerifySummary.self, sweep.json.text).transactions == sweep.transactions)
  }

  @Test func `Guarantees about transactions have a row if a trial was judged on them, in the order of their declaration`() {
    var told = SampleTrial.result()
    told.verdicts = [Verdict(.lostWrite, examined: 1, cases: [])]
    let former = SampleTrial.sweep(of: [told]).rows.map(\.guarantee)
    #expect(former == Guarantee.allCases.filter { !$0.isOccasional })
    told.verdicts.append(Verdict(.exactlyOnce, examined: 4, cases: []))
    let rows = SampleTrial.sweep(of: [told]).rows
    #expect(rows.map(\.guarantee) == Guarantee.allCases.filter { former.contains($0) || $0 == .exactlyOnce })
    #expect(rows.first { $0.guarantee == .exactlyOnce }?.examined == 4)
  }

  @Test func `A seed is unsigned`() throws {
    #expect(SampleTrial.lossy.json.text.contains("\"seed\": 18446744073709551615,"))
    let sweep = SampleTrial.sweep(of: [SampleTrial.lossy])
    #expect(sweep.json.text.contains("\"seed\": 18446744073709551615,"))
  }

  @Test func `A sweep reads back as it was, except for its cost on the machine`() throws {
    let summary = SampleTrial.sweep(of: [SampleTrial.lossy, SampleTrial.result()])
    let again = try Self.read(VerifySummary.self, summary.json.text)
    #expect(again.json.text == summary.json.text)
    #expect(again.exitCode == .notAsExpected && again.failures == summary.failures && again.rows == summary.rows)
    #expect(!summary.json.text.contains("cpuSeconds") && summary.jsonWithHost.text.contains("\"simulatedToCpu\": 21.1"))
  }

  @Test func `A sweep adds up what was exercised, by scenario`() {
    let summary = SampleTrial.sweep(of: [SampleTrial.lossy, SampleTrial.lossy])
    #expect(summary.faults.map(\.name) == ["kill", "cut <b>"])
    #expect(summary.faults.map(\.trials) == [2, 2] && summary.faults.map(\.planned) == [2, 2] && summary.faults.map(\.hit) == [2, 0])
    #expect(summary.sightings == [SightingCount(.isrShrink, count: 2), SightingCount(.leaderChange, count: 4)])
  }

  @Test func `A failure of a sweep has its evidence`() throws {
    var result = SampleTrial.lossy
    result.expectations[0].conclusion = .notMet
    #expect(result.failures[0].evidence == ["t-0: value 101 was never read", "t-0: value 102 was never read", "t-0: value 103 was never read"])
    #expect(try #require(result.failures.last).cause == "the fault 'cut <b>' never hit")
  }

  @Test(arguments: [
    ("\"guarantee\": \"lost-write\"", "\"guarantee\": \"lost-rite\"", "Cannot initialize Guarantee from invalid String value lost-rite"),
    ("\"verdict\": \"violated\"", "\"verdict\": \"holds\"", "'holds', but 39 violations among 800 examined give 'violated'"),
    ("\"examined\": 800,\n      \"violations\": 39", "\"examined\": -1,\n      \"violations\": 39", "nothing is counted below 0"),
    ("\"outcome\": \"not as expected\"", "\"outcome\": \"as expected\"", "'as expected', but expectations and faults give 'not as expected'"),
    ("\"outcome\": \"not as expected\"", "\"outcome\": \"fine\"", "no run ends 'fine'"), ("\"isr-shrink\"", "\"isr-shrank\"", "nothing is seen by the name of 'isr-shrank'"),
    ("0000000000000abc", "abc", "a trace hash is 16 hexadecimal digits"),
  ])
  func `Impossible values are refused`(sound: String, wrong: String, problem: String) throws {
    let text = SampleTrial.lossy.json.text
    #expect(text.contains(sound))
    let changed = text.replacingOccurrences(of: sound, with: wrong)
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(changed.utf8), at: "r.json", called: "r.json") }
    #expect(error?.problem.hasSuffix(problem) == true, "\(error?.problem ?? "")")
  }

  @Test func `When a failure became inevitable reads back, and is missing if nobody asked`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"odds\""))
    var result = SampleTrial.lossy
    result.odds = FailureOdds(guarantee: "durability", points: [FailureOdds.Point(at: .milliseconds(1_500), futures: 10, failures: 3)])
    let text = result.json.text
    #expect(text.contains("\"seconds\": 1.5,") && text.contains("\"failures\": 3"))
    #expect(try JSONDecoder().decode(RunResult.self, from: Data(text.utf8)).odds == result.odds)
    for failures in ["11", "-1"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunResult.self, from: Data(text.replacing("\"failures\": 3", with: "\"failures\": \(failures)").utf8)) }
    }
  }
}
