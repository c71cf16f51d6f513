import Host
import Log
import Primitives
import Testing
import Wire
import Workloads

@testable import Trials

@Suite struct CommittedLogTests {
  private let committed = CommittedLog()

  private func replica(_ node: NodeID, isCompacted: Bool = false) -> CommittedLog.Replica {
    CommittedLog.Replica(id: TopicIDPartition(Uuid(high: 1, low: 1), 0), name: TopicPartition("t", 0), node: node, isCompacted: isCompacted)
  }

  private func batch(_ base: Int64, _ texts: [(delta: Int32, text: String)]) -> Bytes {
    var builder = RecordBatchBuilder(baseOffset: Offset(base), leaderEpoch: 0)
    for (delta, text) in texts { builder.append(offsetDelta: delta, timestamp: Timestamp(milliseconds: 5), key: Bytes("k"), value: Bytes(text)) }
    return builder.build()
  }

  /// Lets a replica commit everything below 3, of which it holds these batches.
  private func commit(_ batches: Bytes..., at replica: CommittedLog.Replica) -> String? {
    committed.check(replica, from: 0, to: 3) { (offset) throws(LogError) in
      if offset > 0 { return (Bytes.empty, offset) }
      return (Bytes(joining: batches), 3)
    }
  }

  @Test func `Replicas with the same batches agree`() {
    for node: NodeID in [1, 2, 3] { #expect(commit(batch(0, [(0, "a"), (1, "b")]), batch(2, [(0, "c")]), at: replica(node)) == nil) }
    #expect(committed.verdict.conclusion == .holds && committed.verdict.examined == 6)
  }

  @Test func `The same records in other batches are a divergence without compaction, and none with it`() {
    for isCompacted in [false, true] {
      let trial = CommittedLogTests()
      #expect(trial.commit(batch(0, [(0, "a"), (1, "b"), (2, "c")]), at: replica(1, isCompacted: isCompacted)) == nil)
      let evidence = trial.commit(batch(0, [(0, "a"), (1, "b")]), batch(2, [(0, "c")]), at: replica(2, isCompacted: isCompacted))
      #expect((evidence == nil) == isCompacted)
    }
  }

  @Test func `In a compacted topic another record is a divergence that names its offset`() throws {
    #expect(commit(batch(0, [(0, "a"), (1, "b"), (2, "c")]), at: replica(1, isCompacted: true)) == nil)
    let evidence = try #require(commit(batch(1, [(0, "x"), (1, "c")]), at: replica(2, isCompacted: true)))
    #expect(evidence.contains("at offset 1 broker 2"))
    #expect(committed.verdict.caseCount == 1)
  }

  @Test func `A log that cannot be read below its high watermark is a finding, reported once`() throws {
    func fail(_ node: NodeID) -> String? {
      committed.check(replica(node), from: 0, to: 3) { (_) throws(LogError) in throw .damaged(path: "t-0/0.log", reason: "no batch can be read there") }
    }
    let evidence = try #require(fail(2))
    #expect(evidence.contains("broker 2 cannot read its log below its high watermark 3") && evidence.contains("no batch can be read there"))
    #expect(fail(3) == nil)
    #expect(committed.verdict.conclusion == .violated && committed.verdict.caseCount == 1)
  }

  @Test func `Bytes that are not batches are a finding`() throws {
    var broken = batch(0, [(0, "a"), (1, "b"), (2, "c")]).array
    broken[16] = 1
    let evidence = try #require(commit(Bytes(broken), at: replica(1)))
    #expect(evidence.contains("broker 1 cannot read its log"))
  }

  @Test func `A failed disk is not a finding`() {
    let failure = DiskFailure(path: "t-0", error: DiskError.inputOutput)
    for error in [LogError.disk(failure), .offline(failure)] {
      #expect(committed.check(replica(1), from: 0, to: 3) { (_) throws(LogError) in throw error } == nil)
    }
    #expect(committed.verdict.caseCount == 0)
  }
}
