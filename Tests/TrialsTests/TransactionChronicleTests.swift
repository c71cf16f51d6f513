import Host
import Primitives
import Testing

@testable import Trials

@Suite struct TransactionChronicleTests {
  private let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)

  private func decided(_ state: String, _ producer: Int64, _ partitions: [TopicPartition]) -> Occurrence {
    .transactionChanged(.init(transactionalID: "x", producerID: producer, producerEpoch: 0, state: state, partitions: partitions))
  }

  private func words(_ entries: [TransactionChronicle.Entry]) -> [String] { entries.map { "\($0.time.nanoseconds) \($0.who) \($0.what)" } }

  @Test func `A transaction was ended by the next marker of its producer, and the decision before that`() {
    var chronicle = TransactionChronicle()
    func observe(_ time: Int64, _ who: String, _ occurrence: Occurrence) { chronicle.observe(occurrence, by: who, at: Instant(nanoseconds: time)) }
    observe(1, "broker-2", decided("Ongoing", 7, [t0]))
    observe(2, "broker-2", decided("PrepareCommit", 7, [t0]))
    observe(3, "broker-1", .markerWritten(t0, producerID: 7, producerEpoch: 0, isCommit: true, at: 4))
    observe(4, "broker-2", decided("CompleteCommit", 7, []))
    observe(5, "broker-1", .markerWritten(t0, producerID: 8, producerEpoch: 3, isCommit: true, at: 8))
    observe(6, "broker-2", decided("PrepareAbort", 7, [t0, t1]))
    observe(7, "broker-1", .markerWritten(t0, producerID: 7, producerEpoch: 0, isCommit: false, at: 9))
    #expect(
      words(chronicle.end(of: 7, in: t0, behind: 2)) == [
        "2 broker-2 transactional id x is PrepareCommit, producer 7 in epoch 0, with t-0",
        "3 broker-1 wrote a COMMIT marker of producer 7, epoch 0, to t-0 at offset 4",
      ])
    #expect(
      words(chronicle.end(of: 7, in: t0, behind: 5)) == [
        "6 broker-2 transactional id x is PrepareAbort, producer 7 in epoch 0, with t-0 and t-1",
        "7 broker-1 wrote an ABORT marker of producer 7, epoch 0, to t-0 at offset 9",
      ])
    // A marker that nobody decided is told all the same, and one that is not there is not.
    #expect(words(chronicle.end(of: 8, in: t0, behind: 5)) == ["5 broker-1 wrote a COMMIT marker of producer 8, epoch 3, to t-0 at offset 8"])
    #expect(chronicle.end(of: 7, in: t0, behind: 9) == [] && chronicle.end(of: 7, in: t1, behind: 0) == [])
  }
}
