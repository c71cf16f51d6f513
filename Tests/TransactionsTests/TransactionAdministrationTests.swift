import Primitives
import Testing
import Wire

@testable import Transactions

@Suite struct TransactionAdministrationTests {
  private func several() -> TransactionFixture {
    let fixture = TransactionFixture()
    for id in ["c", "b", "a"] { fixture.initialize(id) }
    fixture.now += .seconds(10)
    fixture.add([u0, p1, p0], (2, 0), to: "b")
    fixture.add([p0], (3, 0), to: "a")
    fixture.now += .seconds(5)
    fixture.commit((3, 0), of: "a")
    return fixture
  }

  @Test func `A transaction is described with its partitions by topic`() {
    let fixture = several()
    let entry = fixture.shard.describe("b", at: fixture.time)
    #expect(entry.errorCode == .none && entry.transactionalId == "b" && entry.transactionState == "Ongoing")
    #expect(entry.producerId == 2 && entry.producerEpoch == 0 && entry.transactionTimeoutMs == 60_000 && entry.transactionStartTimeMs == 1_010_000)
    #expect(entry.topics.map { "\($0.topic) \($0.partitions)" } == ["t [0, 1]", "u [0]"])
  }

  @Test func `An id without a transaction has no partitions, and an unknown id is reported as such`() {
    let fixture = several()
    let idle = fixture.shard.describe("c", at: fixture.time)
    #expect(idle.transactionState == "Empty" && idle.topics.isEmpty && idle.transactionStartTimeMs == -1)
    #expect(fixture.shard.describe("d", at: fixture.time).errorCode == .transactionalIdNotFound)
    #expect(fixture.shard.describe("", at: fixture.time).errorCode == .invalidRequest)
  }

  @Test func `Ids are listed in order, all of them or those requested`() {
    let fixture = several()
    func list(
      _ states: [String] = [], _ producers: [Int64] = [], _ duration: Int64 = -1, _ pattern: ((String) -> Bool)? = nil
    ) -> [String] {
      fixture.shard.list(states: states, producerIDs: producers, durationAtLeast: duration, pattern: pattern, at: fixture.time)
        .map { "\($0.transactionalId) \($0.producerId) \($0.transactionState)" }
    }
    #expect(list() == ["a 3 PrepareCommit", "b 2 Ongoing", "c 1 Empty"])
    #expect(list(["Ongoing", "PrepareCommit", "nonsense"]) == ["a 3 PrepareCommit", "b 2 Ongoing"])
    #expect(list(["nonsense"]).isEmpty)
    #expect(list([], [1, 3, 9]) == ["a 3 PrepareCommit", "c 1 Empty"])
    // Who never had a transaction has had it since 1970.
    #expect(list([], [], 5_000) == ["c 1 Empty"])
    #expect(list([], [], 4_999) == ["a 3 PrepareCommit", "b 2 Ongoing", "c 1 Empty"])
    #expect(list([], [], -1, { $0 != "b" }) == ["a 3 PrepareCommit", "c 1 Empty"])
    #expect(list(["Ongoing"], [3]).isEmpty)
  }
}
