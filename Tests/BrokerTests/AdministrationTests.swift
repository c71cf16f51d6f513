import Broker
import Host
import Primitives
import Testing
import Wire

@Suite struct AdministrationTests {
  @Test func `Any broker takes requests for the controller`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    var grown = CreatePartitionsRequest.CreatePartitionsTopic()
    grown.name = "t"
    grown.count = 3
    grown.assignments = nil
    var growth = CreatePartitionsRequest()
    growth.topics = [grown]
    #expect(try cluster.ask(cluster.node(2), growth).results.map(\.errorCode) == [.none])
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topic(named: "t")?.partitions.count == 3)

    var election = ElectLeadersRequest()
    election.topicPartitions = nil
    #expect(try cluster.ask(cluster.node(2), election).errorCode == .none)
    #expect(try cluster.ask(cluster.node(2), ListPartitionReassignmentsRequest()).errorCode == .none)

    var topic = DescribeQuorumRequest.TopicData()
    topic.topicName = "__cluster_metadata"
    topic.partitions = [DescribeQuorumRequest.PartitionData()]
    var quorum = DescribeQuorumRequest()
    quorum.topics = [topic]
    let described = try cluster.ask(cluster.node(2), quorum)
    #expect(described.errorCode == .none && described.topics[0].partitions[0].leaderId == 100)
    #expect(described.topics[0].partitions[0].observers.map(\.replicaId) == [1, 2])

    #expect(try cluster.ask(cluster.node(2), UnregisterBrokerRequest()).errorCode == .brokerIdNotRegistered)
  }

  @Test func `A request for the controller is refused when none answers`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    cluster.world.kill(cluster.controller)
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = "t"
    var request = CreateTopicsRequest()
    request.topics = [topic]
    #expect(try cluster.ask(cluster.node(1), request, within: .seconds(120)).topics.map(\.errorCode) == [.requestTimedOut])
  }

  @Test func `Records are deleted up to an offset on every replica`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let id = try cluster.topicID("t")
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["a", "b", "c"])))
    var partition = DeleteRecordsRequest.DeleteRecordsPartition()
    partition.offset = 2
    var topic = DeleteRecordsRequest.DeleteRecordsTopic()
    topic.name = "t"
    topic.partitions = [partition]
    var request = DeleteRecordsRequest()
    request.timeoutMs = 5000
    request.topics = [topic]
    let deleted = try cluster.ask(cluster.node(1), request).topics[0].partitions[0]
    #expect(deleted.errorCode == .none && deleted.lowWatermark == 2)
    #expect((1...3).allSatisfy { cluster.replica(Int32($0), "t")?.logStartOffset == 2 })
    #expect(try cluster.listOffset("t", at: -2).offset == 2)
    #expect(try cluster.listOffset("t", at: -1).offset == 3)
    #expect(try cluster.ask(cluster.node(1), fetch("t", id, from: 1)).only.errorCode == .offsetOutOfRange)
    #expect(try cluster.ask(cluster.node(2), request).topics[0].partitions[0].errorCode == .notLeaderOrFollower)
  }

  @Test func `Offsets are found by time in every version`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t")
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["a"], timestamp: 1_767_225_600_000)))
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["b"], timestamp: 1_767_225_601_000)))
    for version in Int16(1)...11 {
      #expect(try cluster.listOffset("t", at: 1_767_225_600_001, version: version).offset == 1)
      #expect(try cluster.listOffset("t", at: 1_767_225_700_000, version: version).offset == -1)
      #expect(try cluster.listOffset("t", at: -3, version: version).errorCode == (version < 7 ? .unsupportedVersion : .none))
    }
    #expect(try cluster.listOffset("t", at: -3).offset == 1)
    #expect(try cluster.listOffset("nobody", at: -1).errorCode == .unknownTopicOrPartition)
    #expect(try cluster.listOffset("t", at: -1, isRepeated: true).errorCode == .invalidRequest)
  }

  @Test func `Leader epochs end where the next leader began`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    _ = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), batch(["a", "b"])))
    cluster.world.kill(cluster.node(1))
    let leader = try #require(cluster.waitForLeader(of: TopicPartition("t", 0), otherThan: 1))
    for version in Int16(2)...4 {
      let end = try cluster.endOffset(ofEpoch: 0, "t", at: leader, version: version)
      #expect(end.errorCode == .none && end.endOffset == 2 && end.leaderEpoch == 0)
    }
  }

  @Test func `The sizes of replicas are reported`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1], [1]])
    let records = batch(["a", "b"])
    _ = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), records))
    var request = DescribeLogDirsRequest()
    request.topics = nil
    let directories = try cluster.ask(cluster.node(1), request).results
    #expect(directories.count == 1 && directories[0].errorCode == .none)
    #expect(directories[0].topics.map(\.name) == ["t"])
    #expect(directories[0].topics[0].partitions.map(\.partitionSize) == [Int64(records.count), 0])
  }

  @Test func `Configurable resources are listed`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    var request = ListConfigResourcesRequest()
    request.resourceTypes = [2, 4]
    let resources = try cluster.ask(cluster.node(1), request).configResources
    #expect(resources.map(\.resourceName) == ["t", "1", "2"] && resources.map(\.resourceType) == [2, 4, 4])
    request.resourceTypes = [3]
    #expect(try cluster.ask(cluster.node(1), request).errorCode == .unsupportedVersion)
    request.resourceTypes = []
    #expect(try cluster.ask(cluster.node(1), request, version: 0).configResources.isEmpty)
  }
}

extension TestCluster {
  func listOffset(
    _ topic: String, at timestamp: Int64, version: Int16 = 11, isRepeated: Bool = false
  ) throws -> ListOffsetsResponse.ListOffsetsPartitionResponse {
    var partition = ListOffsetsRequest.ListOffsetsPartition()
    partition.timestamp = timestamp
    var asked = ListOffsetsRequest.ListOffsetsTopic()
    asked.name = topic
    asked.partitions = isRepeated ? [partition, partition] : [partition]
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.topics = [asked]
    return try ask(node(1), request, version: version).topics[0].partitions[0]
  }

  func endOffset(
    ofEpoch epoch: Int32, _ topic: String, at broker: NodeID, version: Int16
  ) throws -> OffsetForLeaderEpochResponse.EpochEndOffset {
    var partition = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
    partition.leaderEpoch = epoch
    var asked = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
    asked.topic = topic
    asked.partitions = [partition]
    var request = OffsetForLeaderEpochRequest()
    request.topics = [asked]
    return try ask(node(broker.value), request, version: version).topics[0].partitions[0]
  }
}
