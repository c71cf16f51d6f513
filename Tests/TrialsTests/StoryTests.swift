import Host
import Primitives
import Testing

@testable import Trials

@Suite struct StoryTests {
  @Test func `Lines that come with every transaction are details, and the other lines of a story are always shown`() {
    let partition = TopicPartition("t", 0)
    let ofEveryTransaction: [Occurrence] = [
      .markerWritten(partition, producerID: 1, producerEpoch: 0, isCommit: true, at: 7),
      .transactionChanged(.init(transactionalID: "a", producerID: 1, producerEpoch: 0, state: "Ongoing", partitions: [partition])),
    ]
    for occurrence in ofEveryTransaction {
      #expect(occurrence.isDetailOfTransaction)
      #expect(occurrence.words?.weight == .detail)
      #expect(occurrence.sighting == nil)
    }
    #expect(!Occurrence.producerFenced(transactionalID: "a", producerID: 1, producerEpoch: 0).isDetailOfTransaction)
    #expect(!Occurrence.transactionsLoaded(partition).isDetailOfTransaction)
  }

  @Test func `Where the ISR stays and the eligible leader replicas change, that is what is told`() {
    let partition = TopicPartition("t", 0)
    func words(_ from: [NodeID], _ to: [NodeID], _ eligible: [NodeID]) -> String? { Occurrence.isrChanged(partition, from: from, to: to, eligible: eligible).words?.text }
    #expect(words([1, 2], [1], [2]) == "ISR of t-0 [1, 2] -> [1], eligible [2]")
    #expect(words([], [], [2]) == "eligible leader replicas of t-0 are [2]; its ISR stays []")
    #expect(words([5], [5], []) == "t-0 has no eligible leader replicas any more; its ISR stays [5]")
  }
}
