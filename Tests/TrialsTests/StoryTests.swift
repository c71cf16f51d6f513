import Host
import Primitives
import Testing

@testable import Trials

@Suite struct StoryTests {
  @Test func `What comes with every transaction is a detail, and the other lines of a story are told in any case`() {
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
}
