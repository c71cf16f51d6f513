import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// Transactions from their beginning to their end, and what readers of committed records see of them.
@Suite struct WholeTransactionTests {
  /// What a reader of committed records is given of a partition.
  private struct Committed: Equatable {
    var values: [String]
    /// First offsets of aborted transactions among them.
    var aborted: [Int64] = []
    var lastStableOffset: Int64
    var highWatermark: Int64
  }

  private func committed(_ cluster: TestCluster, partition: Int32 = 0) throws -> Committed {
    var request = fetch("t", try cluster.topicID("t"), partition: partition)
    request.isolationLevel = 1
    let leader = try #require(cluster.leader(of: TopicPartition("t", partition)))
    let data = try cluster.ask(cluster.node(leader.value), request).only
    let batches = try RecordBatch.splitting(data.records ?? .empty).filter { !$0.isControl }
    return Committed(
      values: try batches.flatMap { try $0.records().map { $0.value?.text ?? "" } }, aborted: (data.abortedTransactions ?? []).map(\.firstOffset),
      lastStableOffset: data.lastStableOffset, highWatermark: data.highWatermark)
  }

  /// Sends a record, as often as the coordinator or the log asks to come again. Version 12 and later adds the partition by itself (KIP-890).
  private func send(
    _ value: String, _ producer: (id: Int64, epoch: Int16), sequence: Int32, partition: Int32 = 0, version: Int16 = 13, _ cluster: TestCluster
  ) throws -> ErrorCode {
    let leader = cluster.node(try #require(cluster.leader(of: TopicPartition("t", partition))).value)
    let request = produce(value, in: "x", producer, sequence: sequence, partition: partition, topicID: try cluster.topicID("t"))
    for _ in 0..<100 {
      let error = try cluster.ask(leader, request, version: version).only.errorCode
      guard [.notEnoughReplicas, .concurrentTransactions, .notLeaderOrFollower].contains(error) else { return error }
      cluster.world.run(for: .milliseconds(100))
    }
    return .requestTimedOut
  }

  /// Ends a transaction as often as its coordinator asks to come again.
  private func end(
    _ producer: (id: Int64, epoch: Int16), commits: Bool, version: Int16 = 5, at node: NodeIndex, _ cluster: TestCluster
  ) throws -> EndTxnResponse {
    var response = EndTxnResponse()
    for _ in 0..<100 {
      response = try cluster.ask(node, endTransaction("x", producer, commits: commits), version: version)
      guard response.errorCode == .concurrentTransactions else { return response }
      cluster.world.run(for: .milliseconds(20))
    }
    return response
  }

  private func waitFor(_ standing: String, at node: NodeIndex, _ cluster: TestCluster) throws {
    for _ in 0..<300 {
      if try cluster.standing("x", at: node) == standing { return }
      cluster.world.run(for: .milliseconds(100))
    }
    Issue.record("it is \(try cluster.standing("x", at: node))")
  }

  @Test func `At level 2 a record begins a transaction implicitly, its end gives the next epoch, and readers know what was aborted`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3)
    let node = try cluster.coordinator(ofTransaction: "x"), first = try cluster.producer("x", at: node)
    #expect(try send("a", first, sequence: 0, cluster) == .none && send("b", first, sequence: 0, partition: 1, cluster) == .none)
    #expect(try cluster.standing("x", at: node) == "Ongoing t-0 t-1")
    #expect(try committed(cluster) == Committed(values: [], lastStableOffset: 0, highWatermark: 1))
    let ended = try end(first, commits: true, at: node, cluster)
    #expect(ended.errorCode == .none && ended.producerId == first.id && ended.producerEpoch == first.epoch + 1)
    try waitFor("CompleteCommit", at: node, cluster)
    #expect(try committed(cluster) == Committed(values: ["a"], lastStableOffset: 2, highWatermark: 2))
    #expect(try committed(cluster, partition: 1).values == ["b"])

    let second = (id: ended.producerId, epoch: ended.producerEpoch)
    #expect(try send("c", second, sequence: 0, cluster) == .none)
    #expect(try end(second, commits: false, at: node, cluster).errorCode == .none)
    try waitFor("CompleteAbort", at: node, cluster)
    // A reader leaves out itself what lies in an aborted transaction.
    #expect(try committed(cluster) == Committed(values: ["a", "c"], aborted: [2], lastStableOffset: 4, highWatermark: 4))
    // The former epoch is over everywhere.
    #expect(try send("late", first, sequence: 1, cluster) == .invalidProducerEpoch)
    #expect(try end(first, commits: true, at: node, cluster).errorCode == .producerFenced)
  }

  @Test(arguments: [0, 1, 2] as [Int16])
  func `An old client adds its partitions first, at every level`(_ level: Int16) throws {
    let cluster = try TestCluster.forTransactions(features: [(name: "transaction.version", level: level)])
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node, version: 4)
    for (value, commits) in [("a", true), ("b", false), ("c", true)] {
      let sequence = Int32(value.utf8.first! - UInt8(ascii: "a"))
      var error = "", tries = 0
      while error != "t-0 NONE", tries < 50 {
        error = try cluster.ask(node, addPartitions([("t", [0])], to: "x", producer), version: 3).resultsByTopicV3AndBelow.words[0]
        cluster.world.run(for: .milliseconds(20))
        tries += 1
      }
      #expect(try send(value, producer, sequence: sequence, version: 11, cluster) == .none, "\(value), \(error)")
      let ended = try end(producer, commits: commits, version: 4, at: node, cluster)
      #expect(ended.errorCode == .none)
      try waitFor(commits ? "CompleteCommit" : "CompleteAbort", at: node, cluster)
    }
    #expect(try committed(cluster) == Committed(values: ["a", "b", "c"], aborted: [2], lastStableOffset: 6, highWatermark: 6))
  }

  @Test func `A record for a partition that is not part of the transaction is refused`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node, version: 4)
    _ = try cluster.ask(node, addPartitions([("t", [1])], to: "x", producer), version: 3)
    #expect(try send("a", producer, sequence: 0, version: 10, cluster) == .invalidTxnState)
    #expect(try send("a", producer, sequence: 0, version: 11, cluster) == .transactionAbortable)
    #expect(try committed(cluster) == Committed(values: [], lastStableOffset: 0, highWatermark: 0))
  }

  @Test func `The next coordinator writes the markers that the previous one did not`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3, settings: [("broker.session.timeout.ms", "3000")])
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    #expect(try send("a", producer, sequence: 0, cluster) == .none && send("b", producer, sequence: 0, partition: 1, cluster) == .none)
    let rule = cluster.world.apply(MessageRule(.drop, .request, apiKey: ApiKey.writeTxnMarkers.rawValue), name: "no markers")
    #expect(try end(producer, commits: true, at: node, cluster).errorCode == .none)
    cluster.world.run(for: .seconds(2))
    #expect(try cluster.standing("x", at: node) == "PrepareCommit t-0 t-1" && committed(cluster).values.isEmpty)

    let number = Int32(try #require(cluster.brokers.firstIndex(of: node))) + 1
    cluster.world.kill(node)
    cluster.world.lift(rule)
    let next = try cluster.coordinator(ofTransaction: "x", askedOf: number == 1 ? 2 : 1, otherThan: number)
    try waitFor("CompleteCommit", at: next, cluster)
    #expect(try committed(cluster).values == ["a"] && committed(cluster, partition: 1).values == ["b"])
    var check = InvariantCheck()
    cluster.broker(next)?.checkCoordinatorReplay(&check)
    #expect(check.broken.isEmpty && check.examined > 0)
  }

  @Test func `Markers whose responses are lost are written again, and end nothing twice`() throws {
    let cluster = try TestCluster.forTransactions(settings: [("request.timeout.ms", "1000")])
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    #expect(try send("a", producer, sequence: 0, cluster) == .none)
    cluster.world.apply(MessageRule(.drop, .response, apiKey: ApiKey.writeTxnMarkers.rawValue, times: 1), name: "lost answer")
    #expect(try end(producer, commits: true, at: node, cluster).errorCode == .none)
    cluster.world.run(for: .milliseconds(100))
    #expect(try committed(cluster).values == ["a"] && cluster.standing("x", at: node) == "PrepareCommit t-0")
    try waitFor("CompleteCommit", at: node, cluster)
    #expect(try committed(cluster).values == ["a"])
  }

  @Test func `A transaction that is open too long is aborted, and its producer fenced`() throws {
    let cluster = try TestCluster.forTransactions(settings: [("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")])
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node, timeout: 2_000)
    #expect(try send("a", producer, sequence: 0, cluster) == .none)
    cluster.world.run(for: .seconds(1))
    #expect(try cluster.standing("x", at: node) == "Ongoing t-0")
    cluster.world.run(for: .seconds(3))
    #expect(try cluster.standing("x", at: node) == "CompleteAbort")
    #expect(try committed(cluster).aborted == [0])
    #expect(try end(producer, commits: true, at: node, cluster).errorCode == .producerFenced)
  }

  @Test func `Offsets of a group are committed with their transaction`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node, version: 4)
    let coordinator = try cluster.coordinator(of: "g") { _ in true }
    func offset() throws -> Int64 {
      var topic = OffsetFetchRequest.OffsetFetchRequestTopics(), group = OffsetFetchRequest.OffsetFetchRequestGroup(), request = OffsetFetchRequest()
      (topic.name, topic.partitionIndexes) = ("t", [0])
      (group.groupId, group.topics) = ("g", [topic])
      request.groups = [group]
      return try cluster.ask(coordinator, request, version: 9).groups[0].topics[0].partitions[0].committedOffset
    }
    var added = AddOffsetsToTxnRequest()
    (added.transactionalId, added.producerId, added.producerEpoch, added.groupId) = ("x", producer.id, producer.epoch, "g")
    #expect(try cluster.ask(node, added, version: 3).errorCode == .none)
    var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition(), topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
    (partition.partitionIndex, partition.committedOffset) = (0, 5)
    (topic.name, topic.partitions) = ("t", [partition])
    var commit = TxnOffsetCommitRequest()
    (commit.transactionalId, commit.groupId, commit.producerId, commit.producerEpoch, commit.topics) = ("x", "g", producer.id, producer.epoch, [topic])
    var error = ErrorCode.coordinatorNotAvailable, tries = 0
    while error != .none, tries < 50 {
      error = try cluster.ask(coordinator, commit, version: 3).topics[0].partitions[0].errorCode
      cluster.world.run(for: .milliseconds(20))
      tries += 1
    }
    #expect(error == .none)
    #expect(try offset() == -1)
    #expect(try end(producer, commits: true, version: 4, at: node, cluster).errorCode == .none)
    try waitFor("CompleteCommit", at: node, cluster)
    #expect(try offset() == 5)
  }
}
