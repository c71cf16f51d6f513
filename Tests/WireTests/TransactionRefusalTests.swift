import Testing
import Wire

/// How requests about transactions are refused in each version.
@Suite struct TransactionRefusalTests {
  static let cases: [GroupRefusalTests.Case] = [
    addPartitions, GroupRefusalTests.Case(AddOffsetsToTxnRequest.self), GroupRefusalTests.Case(EndTxnRequest.self), describeTransactions,
    GroupRefusalTests.Case(ListTransactionsRequest.self), GroupRefusalTests.Case(InitProducerIdRequest.self),
  ]

  @Test(arguments: cases)
  func `In every version a refusal can be written, and has its error`(_ item: GroupRefusalTests.Case) throws {
    for version in item.versions {
      for error in [ErrorCode.notCoordinator, .concurrentTransactions, .none] { #expect(try item.refused(error, version).seen == error, "version \(version)") }
    }
  }

  @Test func `Every partition has the error, and every transaction`() throws {
    for version in Int16(0)...5 {
      let text = try Self.addPartitions.refused(.notCoordinator, version).text
      #expect(text.ranges(of: "\"PartitionErrorCode\":16").count == 3, "version \(version)")
    }
    #expect(try Self.describeTransactions.refused(.notCoordinator, 0).text.ranges(of: "\"ErrorCode\":16").count == 2)
  }

  @Test func `A refusal contains no producer`() {
    let ended = EndTxnRequest().refused(.producerFenced)
    #expect(ended.producerId == -1 && ended.producerEpoch == -1)
    let initialized = InitProducerIdRequest().refused(.producerFenced)
    #expect(initialized.producerId == -1 && initialized.producerEpoch == -1)
  }

  private static let addPartitions = GroupRefusalTests.Case(AddPartitionsToTxnRequest.self) { (version: Int16) -> AddPartitionsToTxnRequest in
    var request = AddPartitionsToTxnRequest()
    let topics = [topic("t", [0, 1]), topic("u", [0])]
    if version < 4 { request.v3AndBelowTopics = topics } else { request.transactions = topics.map(transaction) }
    return request
  }

  private static func topic(_ name: String, _ partitions: [Int32]) -> AddPartitionsToTxnRequest.AddPartitionsToTxnTopic {
    var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
    (topic.name, topic.partitions) = (name, partitions)
    return topic
  }

  private static func transaction(_ topic: AddPartitionsToTxnRequest.AddPartitionsToTxnTopic) -> AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction {
    var transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
    transaction.topics = [topic]
    return transaction
  }

  private static let describeTransactions = GroupRefusalTests.Case(DescribeTransactionsRequest.self) { _ in
    var request = DescribeTransactionsRequest()
    request.transactionalIds = ["a", "b"]
    return request
  }
}
