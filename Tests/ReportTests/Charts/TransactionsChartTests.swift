import ResultSamples
import Testing

@testable import Report
@testable import Results

@Suite struct TransactionsChartTests {
  private static let timeline = TransactionTimeline(
    [
      TransactionTimeline.TransactionalID(
        "x-1",
        [
          .init(producer: 1, epoch: 0, fromSeconds: 1, preparedSeconds: 3, toSeconds: 4, end: .commit),
          .init(producer: 1, epoch: 1, fromSeconds: 5, preparedSeconds: 9, toSeconds: 9, end: .abort, isTimedOut: true),
        ], refusals: [.init(seconds: 10, producer: 1, epoch: 1)]),
      TransactionTimeline.TransactionalID("x-2", [.init(producer: 2, epoch: 0, fromSeconds: 8, preparedSeconds: nil, toSeconds: nil, end: nil)]),
    ], hanging: [.init("t-0", producer: 7, epoch: 3, offset: 12, fromSeconds: 6)])

  @Test func `A transaction is a bar in the colour of its end, with what took its markers long, and marks for a timeout and a refusal`() throws {
    let chart = try #require(Chart.transactions(Self.timeline, bands: [FaultBand(fault: "kill", fromSeconds: 2, toSeconds: 3)], until: 100))
    #expect(
      chart.curveTitles == [
        "committed", "aborted", "not ended", "its end is decided, markers are being written", "hangs: no coordinator knows it", "transaction.timeout.ms is over",
        "a request of a former epoch is refused",
      ])
    for data in ["2.0 0.0 1.0 3.0 -0.36 0.36", "3.5 0.0 3.0 4.0", "7.0 0.0 5.0 9.0", "54.5 1.0 8.0 101.0", "53.5 2.0 6.0 101.0", "9.0 0.0\n", "10.0 0.0\n"] {
      #expect(chart.script.contains(data), "\(data)")
    }
    #expect(chart.script.contains("'x-1' 0.0") && chart.script.contains("'t-0 hangs' 2.0") && chart.script.contains("from first 2.0, graph 0 to first 3.0, graph 1 behind"))
    #expect(
      chart.description
        == "x-1: 2 transactions, 1 aborted, refused as of a former epoch 1 time; x-2: 1 transaction, 1 not ended; t-0: a transaction of producer 7 hangs from offset 12 on.")
  }

  @Test func `Where there is none there is no chart, and a page shows the one that there is beside what hangs`() throws {
    #expect(Chart.transactions(TransactionTimeline([]), bands: [], until: 9) == nil)
    var result = SampleTrial.result()
    result.coordinatedTransactions = TransactionsReport(
      committed: 1, aborted: 1, timedOut: 1, epochs: 1, refusals: 1, zombies: 1, lengths: nil, coordinationRequests: 9, timeline: Self.timeline)
    let html = try PageTests.text("index.html", of: PageTests.page([.trial(result)]))
    #expect(html.contains("charts/transactions.svg") && html.contains("log has open and that no coordinator knows"))
    #expect(try PageTests.page([.trial(result)]).files.map(\.path).contains("charts/transactions.svg"))
  }

  @Test func `Of more transactions than a picture shows those stay that were not simply committed, and then the longest`() {
    var many: [TransactionTimeline.Transaction] = []
    for number in 0..<1_000 {
      let from = Double(number), length = number % 100 == 7 ? 0.9 : 0.1
      many.append(.init(producer: 1, epoch: 0, fromSeconds: from, preparedSeconds: nil, toSeconds: from + length, end: number == 500 ? .abort : .commit))
    }
    let id = TransactionTimeline([TransactionTimeline.TransactionalID("x", many)]).ids[0]
    #expect(id.count == 1_000 && id.transactions.count == TransactionTimeline.transactionLimit)
    #expect(id.transactions.contains(many[500]) && (0..<10).allSatisfy { id.transactions.contains(many[$0 * 100 + 7]) })
    #expect(id.transactions.map(\.fromSeconds) == id.transactions.map(\.fromSeconds).sorted())
  }
}
