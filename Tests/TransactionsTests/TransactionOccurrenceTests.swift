import Host
import Primitives
import Testing

@testable import Transactions

@Suite struct TransactionOccurrenceTests {
  private func words(_ fixture: TransactionFixture) -> [String] {
    fixture.occurrences.map { occurrence in
      switch occurrence {
      case .transactionsLoaded(let partition): "loaded \(partition)"
      case .transactionsUnloaded(let partition): "unloaded \(partition)"
      case .transactionChanged(let standing):
        "\(standing.transactionalID) \(standing.state) \(standing.producerID):\(standing.producerEpoch), \(standing.partitions.count)"
      case .producerFenced(let id, let producer, let epoch): "\(id) fenced \(producer):\(epoch)"
      case .transactionTimedOut(let id, let producer, let epoch): "\(id) timed out \(producer):\(epoch)"
      default: "\(occurrence)"
      }
    }
  }

  @Test func `Each change is reported when it is committed`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.holdsRecords = true
    fixture.add([p0, p1], (1, 0))
    #expect(words(fixture) == ["x Empty 1:0, 0"])
    fixture.commit()
    fixture.holdsRecords = false
    fixture.commit((1, 0))
    fixture.writeMarkers()
    #expect(words(fixture).dropFirst() == ["x Ongoing 1:0, 2", "x PrepareCommit 1:1, 2", "x CompleteCommit 1:1, 0"])
  }

  @Test func `A producer with an old epoch is reported, and one that has to wait is not`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0), version: 4)
    fixture.commit((1, 0))
    fixture.initialize("x", (1, 5))
    #expect(words(fixture).suffix(4) == ["x fenced 1:0", "x fenced 1:0", "x fenced 1:0", "x fenced 1:5"])
    fixture.add([p0], (1, 1))
    fixture.commit((1, 1))
    let count = fixture.occurrences.count
    #expect(fixture.add([p0], (1, 2)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.occurrences.count == count)
  }

  @Test func `A coordinator reports the state of its ids, unless it has none`() {
    let fixture = TransactionFixture()
    #expect(fixture.occurrences.isEmpty)
    fixture.initialize()
    fixture.initialize("y")
    fixture.add([p0], (2, 0), to: "y")
    let count = fixture.occurrences.count
    fixture.failOver()
    #expect(Array(words(fixture).dropFirst(count)) == ["loaded __transaction_state-0", "x Empty 1:0, 0", "y Ongoing 2:0, 1"])
    fixture.shard.unloaded()
    let last = fixture.shard.takeOccurrences().last
    if case .transactionsUnloaded(let partition)? = last { #expect(partition == TopicPartition("__transaction_state", 0)) } else { Issue.record("\(last as Any)") }
  }

  @Test func `A transaction that is aborted after its timeout is reported once that is recorded, with the epoch of its producer`() {
    let fixture = TransactionFixture()
    fixture.initialize(timeout: 15_000)
    fixture.add([p0], (1, 0))
    fixture.holdsRecords = true
    fixture.run(.seconds(20))
    #expect(words(fixture).suffix(1) == ["x Ongoing 1:0, 1"])
    fixture.commit()
    fixture.holdsRecords = false
    #expect(words(fixture).suffix(2) == ["x PrepareAbort 1:1, 1", "x timed out 1:0"])
    fixture.writeMarkers()
    fixture.initialize()
    fixture.add([p0], (1, 2))
    fixture.initialize()
    #expect(!words(fixture).dropFirst(5).contains { $0.contains("timed out") }, "whoever takes the id over ends the transaction himself")
  }
}
