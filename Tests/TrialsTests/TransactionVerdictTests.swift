import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials with transactions, as their brokers tell of them.
@Suite struct TransactionVerdictTests {
  private func run(_ workload: String, cluster: String = "") throws -> RunResult {
    let text = """
      name: test
      about: A client makes transactions.
      cluster: { brokers: 1, config: { transaction.state.log.num.partitions: 1 }\(cluster) }
      topics: [{ name: t, partitions: 2 }]
      workload: [\(workload)]
      duration: 2s
      """
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
  }

  private func verdict(_ guarantee: Guarantee, in result: RunResult) -> Verdict? { result.verdicts.first { $0.guarantee == guarantee } }

  @Test func `Ended transactions are reported with their duration and cost`() throws {
    let result = try run("{ transact: { name: app, topic: t, transactional-id: x, per-transaction: 2, rate: 20/s, abort: { every: 4 } } }")
    for guarantee in [Guarantee.lastStableOffset, .transactionsSettle] {
      #expect(verdict(guarantee, in: result)?.conclusion == .holds, "\(guarantee): \(String(describing: verdict(guarantee, in: result)))")
    }
    let report = try #require(result.coordinatedTransactions)
    #expect(report.committed > 5 && report.aborted > 1 && report.timedOut == 0 && report.zombies == 0)
    // At level 2 each end raises the epoch.
    #expect(report.epochs >= report.committed + report.aborted)
    #expect(report.lengths.map { $0.p50Seconds > 0 && $0.maxSeconds >= $0.p99Seconds } == true)
    #expect(report.requestsPerTransaction.map { $0 > 1 } == true)
    #expect(result.liveness == [])
  }

  @Test func `Reading past the stable offset is detected`() throws {
    let result = try run(
      "{ transact: { name: app, topic: t, transactional-id: x, per-transaction: 2, rate: 20/s } }", cluster: ", switches: { lastStableOffset: inclusive }")
    #expect(verdict(.lastStableOffset, in: result)?.conclusion == .violated)
  }

  @Test func `A trial without transactional ids reports nothing about transactions`() throws {
    let result = try run("{ produce: { topic: t, rate: 10/s } }")
    #expect(result.coordinatedTransactions == nil && verdict(.lastStableOffset, in: result) == nil && verdict(.transactionsSettle, in: result) == nil)
  }
}

extension RunResult {
  fileprivate var liveness: [String]? { verdicts.first { $0.guarantee == .liveness }?.cases }
}
