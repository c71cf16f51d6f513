import Primitives
import Testing

@testable import Workloads

@Suite struct TransactionDrawTests {
  private func plan(_ content: TransactPlan.Content, topics: [String] = ["a", "b"], drawn: (partitions: [TopicPartition], count: Int)? = nil, aborts: TransactPlan.Aborts = .none) -> TransactPlan {
    TransactPlan(
      topics: topics, content: content, commits: CommitInterval(records: 5), drawn: drawn, aborts: aborts, load: .saturating, start: .zero, stop: .distantFuture)
  }

  private var records: RecordDraw { RecordDraw(from: RecordPool(values: ValuePlan(), keys: .none, seed: 1), values: 1, keys: 1) }

  @Test func `A transfer takes from one account what it adds to another one`() {
    var draw = TransactionDraw(plan(.bank(accounts: 3)), seed: 7), records = records
    for _ in 0..<200 {
      draw.begin()
      let items = [draw.next(at: 0, &records), draw.next(at: 1, &records)]
      let postings = items.compactMap(\.posting)
      #expect(postings.count == 2)
      #expect(postings[0].account != postings[1].account)
      #expect(postings[0].amount < 0)
      #expect(postings[0].amount + postings[1].amount == 0)
      #expect(postings.allSatisfy { (0..<3).contains($0.account) })
    }
  }

  @Test func `An account is in one topic, under one key`() {
    var draw = TransactionDraw(plan(.bank(accounts: 4)), seed: 7), records = records
    for _ in 0..<50 {
      draw.begin()
      let item = draw.next(at: 0, &records)
      let account = item.posting!.account
      #expect(item.topic == (account % 2 == 0 ? "a" : "b"))
      #expect(item.key == Bytes("key-\(account)"))
    }
  }

  @Test func `Half a transfer is not whole, whatever other transactions hold is`() {
    #expect(!TransactPlan.Content.bank(accounts: 2).isWhole(with: 1))
    #expect(TransactPlan.Content.bank(accounts: 2).isWhole(with: 2))
    #expect(TransactPlan.Content.records.isWhole(with: 1))
    #expect(TransactPlan.Content.append(keys: 2).isWhole(with: 1))
  }

  @Test func `A transaction has the given number of different partitions`() {
    let all = (0..<6).map { TopicPartition("a", $0) }
    var draw = TransactionDraw(plan(.records, topics: ["a"], drawn: (all, 2)), seed: 3), records = records
    var met: Set<TopicPartition> = []
    for _ in 0..<40 {
      draw.begin()
      let partitions = (0..<5).map { place in
        let item = draw.next(at: place, &records)
        return TopicPartition(item.topic, item.partition ?? -1)
      }
      #expect(Set(partitions).count == 2)
      #expect(partitions[0] == partitions[2] && partitions[1] == partitions[3])
      met.formUnion(partitions)
    }
    #expect(met == Set(all))
  }

  @Test func `The given fraction of the transactions is aborted deliberately`() {
    var draw = TransactionDraw(plan(.records, aborts: .part(0.2)), seed: 3), never = TransactionDraw(plan(.records), seed: 3)
    #expect((150...250).contains((0..<1_000).count { _ in draw.isAborted() }))
    #expect(!(0..<100).contains { _ in never.isAborted() })
    var third = TransactionDraw(plan(.records, aborts: .every(3)), seed: 3)
    #expect((0..<7).map { _ in third.isAborted() } == [false, false, true, false, false, true, false])
  }
}
