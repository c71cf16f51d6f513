import Broker
import Host
import Primitives
import Testing
import Wire

@Suite struct DataPathTests {
  @Test func `A record gets from a producer to a consumer`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let id = try cluster.topicID("t")
    let produced = try cluster.ask(cluster.node(1), produce("t", id, batch(["a", "b"]))).only
    #expect(produced.errorCode == .none && produced.baseOffset == 0 && produced.logStartOffset == 0)
    let fetched = try cluster.ask(cluster.node(1), fetch("t", id))
    #expect(try fetched.values == ["a", "b"])
    #expect(fetched.only.highWatermark == 2)
    for broker in 1...3 {
      #expect(cluster.broker(cluster.node(Int32(broker)))?.replicaManager?.partition(named: TopicPartition("t", 0))?.logEndOffset == 2)
    }
  }

  @Test func `Every version of produce and fetch carries records`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    var values: [String] = []
    for version in Int16(3)...13 {
      values.append("v\(version)")
      let produced = try cluster.ask(cluster.node(1), produce("t", id, batch(["v\(version)"]), acks: version % 2 == 0 ? 1 : -1), version: version)
      #expect(produced.only.errorCode == .none && produced.only.baseOffset == Int64(version) - 3, "version \(version)")
    }
    for version in Int16(4)...18 {
      #expect(try cluster.ask(cluster.node(1), fetch("t", id), version: version).values == values, "version \(version)")
    }
  }

  @Test func `Acknowledged records survive the kill of their leader`() throws {
    let cluster = try TestCluster(settings: [("min.insync.replicas", "2")])
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let id = try cluster.topicID("t")
    #expect(try cluster.ask(cluster.node(1), produce("t", id, batch(["kept"]))).only.errorCode == .none)
    cluster.world.kill(cluster.node(1))
    let leader = try #require(cluster.waitForLeader(of: TopicPartition("t", 0), otherThan: 1))
    #expect(try cluster.ask(cluster.node(leader.value), produce("t", id, batch(["later"]))).only.baseOffset == 1)
    #expect(try cluster.ask(cluster.node(leader.value), fetch("t", id)).values == ["kept", "later"])

    cluster.world.start(cluster.node(1))
    let isBack = cluster.world.runUntil(cluster.world.now + .seconds(30)) {
      cluster.broker(cluster.node(leader.value))?.replicaManager?.partition(named: TopicPartition("t", 0))?.isr.count == 3
    }
    #expect(isBack, "\(cluster.notes)")
  }

  @Test func `A producer with acks=0 only sees its connection close after an error`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    let sender = cluster.clientNode.sender
    let address = cluster.world.address(of: cluster.node(1))
    try sender.sendWithoutResponse(produce("t", id, batch(["quiet"]), acks: 0), to: address)
    #expect(try cluster.ask(cluster.node(1), fetch("t", id)).values == ["quiet"])
    #expect(sender.isConnected(to: address))
    try sender.sendWithoutResponse(produce("t", id, batch(["lost"]), partition: 7, acks: 0), to: address)
    cluster.world.run(for: .seconds(1))
    #expect(!sender.isConnected(to: address))
  }

  @Test func `A broker that does not lead names the leader`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[2]])
    let id = try cluster.topicID("t")
    let produced = try cluster.ask(cluster.node(1), produce("t", id, batch(["a"])))
    #expect(produced.only.errorCode == .notLeaderOrFollower)
    #expect(produced.only.currentLeader.leaderId == 2 && produced.only.currentLeader.leaderEpoch == 0)
    #expect(produced.nodeEndpoints.map(\.host) == ["broker-2"] && produced.nodeEndpoints.map(\.port) == [9092])
    let fetched = try cluster.ask(cluster.node(1), fetch("t", id))
    #expect(fetched.only.errorCode == .notLeaderOrFollower && fetched.only.currentLeader.leaderId == 2)
    #expect(fetched.nodeEndpoints.map(\.nodeId) == [2])
    #expect(try cluster.ask(cluster.node(1), produce("t", id, batch(["a"])), version: 9).only.errorCode == .notLeaderOrFollower)
  }

  @Test func `Records that are not in a batch are refused`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    let good = batch(["a"])
    var damaged = good.array
    damaged[good.count - 1] ^= 1
    var old = good.array
    old[16] = 1
    let cases: [(Bytes?, Int16, ErrorCode)] = [
      (nil, -1, .invalidRecord), (.empty, -1, .invalidRecord), (Bytes(joining: [good, good]), -1, .invalidRecord),
      (Bytes(damaged), -1, .corruptMessage), (Bytes(old), -1, .invalidRecord), (good, 2, .invalidRequiredAcks),
      (batch(["a"]) { $0.isTransactional = true; $0.producerID = 1; $0.producerEpoch = 0; $0.baseSequence = 0 }, -1, .transactionalIdAuthorizationFailed),
    ]
    for (records, acks, error) in cases {
      let answer = try cluster.ask(cluster.node(1), produce("t", id, records, acks: acks)).only
      #expect(answer.errorCode == error && answer.baseOffset == -1, "\(answer)")
    }
    let compressed = batch(["a"]).array
    var zstd = compressed
    zstd[22] = 4
    #expect(try cluster.ask(cluster.node(1), produce("t", id, Bytes(zstd)), version: 6).only.errorCode == .unsupportedCompressionType)
    #expect(try cluster.ask(cluster.node(1), fetch("t", id)).only.highWatermark == 0)
  }

  @Test func `Unknown topics are reported by name and by id`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let stranger = Uuid(high: 7, low: 7)
    #expect(try cluster.ask(cluster.node(1), produce("t", stranger, batch(["a"]))).only.errorCode == .unknownTopicId)
    #expect(try cluster.ask(cluster.node(1), produce("t", stranger, batch(["a"])), version: 12).only.errorCode == .unknownTopicOrPartition)
    #expect(try cluster.ask(cluster.node(1), fetch("t", stranger)).only.errorCode == .unknownTopicId)
    #expect(try cluster.ask(cluster.node(1), fetch("t", stranger), version: 12).only.errorCode == .unknownTopicOrPartition)
  }

  @Test func `Clients cannot write to internal topics`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("__consumer_offsets", [[1]])
    let id = try cluster.topicID("__consumer_offsets")
    #expect(try cluster.ask(cluster.node(1), produce("__consumer_offsets", id, batch(["a"]))).only.errorCode == .invalidTopicException)
  }

  @Test func `An impossible batch is refused with its error code, and the broker keeps running`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    func answer(_ position: Int, _ value: Int32) throws -> ErrorCode {
      var bytes = batch(["a"], timestamp: 0).array
      withUnsafeBytes(of: value.bigEndian) { bytes.replaceSubrange(position..<position + 4, with: $0) }
      withUnsafeBytes(of: CRC32C.checksum(Bytes(bytes[21...])).bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
      return try cluster.ask(cluster.node(1), produce("t", id, Bytes(bytes))).only.errorCode
    }
    #expect(try answer(23, .max) == .invalidRecord)
    #expect(try answer(23, -1) == .invalidRecord)
    #expect(try answer(57, -1) == .invalidRecord)
    #expect(try answer(57, .max) == .invalidRecord)
    #expect(try answer(19, 7) == .unknownServerError, "codec 7, as Kafka has no name for it")
    #expect(try answer(8, 13) == .corruptMessage)
    #expect(try answer(8, .max) == .invalidRecord)
    let known = batch(["a"]) { $0.producerID = 9; $0.producerEpoch = 0; $0.baseSequence = 0 }
    let withoutSequence = batch(["a"]) { $0.producerID = 9; $0.producerEpoch = 0; $0.baseSequence = -1 }
    #expect(try cluster.ask(cluster.node(1), produce("t", id, known)).only.errorCode == .none)
    #expect(try cluster.ask(cluster.node(1), produce("t", id, withoutSequence)).only.errorCode == .invalidRecord)
  }

  @Test func `A repeated batch of an idempotent producer keeps its offset`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    let once = batch(["a"]) { $0.producerID = 9; $0.producerEpoch = 0; $0.baseSequence = 0 }
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["first"])))
    #expect(try cluster.ask(cluster.node(1), produce("t", id, once)).only.baseOffset == 1)
    #expect(try cluster.ask(cluster.node(1), produce("t", id, once)).only.baseOffset == 1)
    #expect(try cluster.ask(cluster.node(1), fetch("t", id)).values == ["first", "a"])

    var request = DescribeProducersRequest()
    var topic = DescribeProducersRequest.TopicRequest()
    topic.name = "t"
    topic.partitionIndexes = [0, 5]
    request.topics = [topic]
    let producers = try cluster.ask(cluster.node(1), request).topics[0].partitions
    #expect(producers[0].activeProducers.map(\.producerId) == [9] && producers[0].activeProducers.map(\.lastSequence) == [0])
    #expect(producers[1].errorCode == .unknownTopicOrPartition)
  }

  @Test func `The same seed gives the same trace`() throws {
    func trace() throws -> UInt64 {
      let cluster = try TestCluster(seed: 5)
      try cluster.start()
      try cluster.createTopic("t", [[1, 2, 3], [2, 3, 1]])
      _ = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), batch(["a"])))
      cluster.world.kill(cluster.node(1))
      cluster.world.run(for: .seconds(15))
      return cluster.world.traceHash
    }
    #expect(try trace() == trace())
  }
}
