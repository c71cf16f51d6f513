import Host
import Primitives
import Testing
import Wire

/// What is named again and again in one request costs, and changes, no more than once.
@Suite struct RepetitionTests {
  @Test func `Metadata for a name that is requested twice is returned once`() throws {
    let cluster = try TestCluster(brokers: 1, settings: [("auto.create.topics.enable", "false")])
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let names = Array(repeating: "", count: 50_000) + ["t", "u", "t"]
    let topics = try cluster.ask(cluster.node(1), metadata(names)).topics
    #expect(topics.map(\.name) == ["", "t", "u"])
    #expect(topics.map(\.errorCode) == [.invalidTopicException, .none, .unknownTopicOrPartition])
  }

  @Test func `Unknown names are created in one request, or not at all if there are too many`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    _ = try cluster.ask(cluster.node(1), metadata(["a", "b"]))
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topics.values.map(\.name) == ["a", "b"])
    _ = try cluster.ask(cluster.node(1), metadata((0..<10_001).map { "many-\($0)" }))
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topics.count == 2)
  }

  @Test func `ListOffsets refuses a partition that is listed twice, wherever it is`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1], [1]])
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.topics = ([[0, 1], [0]] as [[Int32]]).map { partitions in
      var topic = ListOffsetsRequest.ListOffsetsTopic()
      topic.name = "t"
      topic.partitions = partitions.map { index in
        var partition = ListOffsetsRequest.ListOffsetsPartition()
        (partition.partitionIndex, partition.timestamp, partition.currentLeaderEpoch) = (index, -1, -1)
        return partition
      }
      return topic
    }
    let answers = try cluster.ask(cluster.node(1), request).topics.flatMap(\.partitions)
    #expect(answers.map(\.errorCode) == [.invalidRequest, .none, .invalidRequest])
  }

  @Test func `DeleteRecords uses the last offset of a partition that is listed twice`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    _ = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), batch(["a", "b", "c"])))
    var topic = DeleteRecordsRequest.DeleteRecordsTopic()
    topic.name = "t"
    topic.partitions = ([3, 1, 2] as [Int64]).map { offset in
      var partition = DeleteRecordsRequest.DeleteRecordsPartition()
      partition.offset = offset
      return partition
    }
    var request = DeleteRecordsRequest()
    (request.topics, request.timeoutMs) = ([topic], 1_000)
    let answers = try cluster.ask(cluster.node(1), request).topics.flatMap(\.partitions)
    #expect(answers.map(\.lowWatermark) == [2] && answers[0].errorCode == .none)
  }

  @Test func `DescribeLogDirs and DescribeProducers return a partition once`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1], [1]])
    var asked = DescribeLogDirsRequest.DescribableLogDirTopic()
    (asked.topic, asked.partitions) = ("t", [1, 1, 7])
    var directories = DescribeLogDirsRequest()
    directories.topics = [asked, asked]
    let directory = try cluster.ask(cluster.node(1), directories).results[0]
    #expect(directory.topics.map { $0.partitions.map(\.partitionIndex) } == [[1]])
    #expect(directory.logDir == "/kafka-logs" && directory.totalBytes == -1 && directory.usableBytes == -1, "a simulated disk has no bounds")

    var topic = DescribeProducersRequest.TopicRequest()
    (topic.name, topic.partitionIndexes) = ("t", [0, 0, 1])
    var producers = DescribeProducersRequest()
    producers.topics = [topic, topic]
    #expect(try cluster.ask(cluster.node(1), producers).topics.map { $0.partitions.map(\.partitionIndex) } == [[0, 1], []])
  }
}
