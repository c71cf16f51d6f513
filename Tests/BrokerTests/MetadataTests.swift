import Broker
import Host
import Primitives
import Testing
import Wire

@Suite struct MetadataTests {
  @Test func `Every version returns brokers, topics and leaders`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[2, 1]])
    for version in Int16(0)...13 {
      let answer = try cluster.ask(cluster.node(1), metadata(["t"]), version: version)
      #expect(answer.brokers.map(\.nodeId) == [1, 2] && answer.brokers.map(\.host) == ["broker-1", "broker-2"], "version \(version)")
      let topic = answer.topics[0]
      #expect(topic.errorCode == .none && topic.name == "t" && topic.partitions.map(\.leaderId) == [2], "version \(version)")
      #expect(topic.partitions[0].replicaNodes == [2, 1] && Set(topic.partitions[0].isrNodes) == [1, 2])
      if version >= 1 { #expect((1...2).contains(answer.controllerId)) }
      if version >= 2 { #expect(answer.clusterId == TestCluster.clusterID) }
      if version >= 10 { #expect(topic.topicId != .zero) }
    }
  }

  @Test func `All topics are requested with no list, or with an empty list before version one`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("a", [[1]])
    try cluster.createTopic("b", [[1]])
    #expect(try cluster.ask(cluster.node(1), metadata([]), version: 0).topics.map(\.name) == ["a", "b"])
    #expect(try cluster.ask(cluster.node(1), metadata([]), version: 1).topics.isEmpty)
    #expect(try cluster.ask(cluster.node(1), metadata(nil), version: 13).topics.map(\.name) == ["a", "b"])
  }

  @Test func `Topics are found by id`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    var request = metadata([])
    request.topics = [try cluster.topicID("t"), Uuid(high: 1, low: 2)].map { id in
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = nil
      topic.topicId = id
      return topic
    }
    let topics = try cluster.ask(cluster.node(1), request).topics
    #expect(topics.map(\.name) == ["t", nil])
    #expect(topics.map(\.errorCode) == [.none, .unknownTopicId])
  }

  @Test func `An unknown topic is created if the client allows it`() throws {
    let cluster = try TestCluster(settings: [("num.partitions", "2"), ("default.replication.factor", "3")])
    try cluster.start()
    #expect(try cluster.ask(cluster.node(1), metadata(["t"], allowAutoTopicCreation: false)).topics[0].errorCode == .unknownTopicOrPartition)
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topic(named: "t") == nil)
    for _ in 1...2 {
      #expect(try cluster.ask(cluster.node(1), metadata(["t"], allowAutoTopicCreation: true)).topics[0].errorCode == .unknownTopicOrPartition)
    }
    #expect(try cluster.ask(cluster.node(1), metadata(["a/b"], allowAutoTopicCreation: true)).topics[0].errorCode == .invalidTopicException)
    cluster.world.run(for: .seconds(1))
    let topic = try cluster.ask(cluster.node(2), metadata(["t"])).topics[0]
    #expect(topic.errorCode == .none && topic.partitions.count == 2 && topic.partitions[0].replicaNodes.count == 3)
  }

  @Test func `Auto topic creation can be turned off`() throws {
    let cluster = try TestCluster(brokers: 1, settings: [("auto.create.topics.enable", "false")])
    try cluster.start()
    _ = try cluster.ask(cluster.node(1), metadata(["t"], allowAutoTopicCreation: true))
    cluster.world.run(for: .seconds(1))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topic(named: "t") == nil)
  }

  @Test func `A fenced broker is not listed and its replicas are offline`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    try cluster.createTopic("u", [[2]])
    cluster.world.kill(cluster.node(2))
    cluster.world.run(for: .seconds(12))
    let answer = try cluster.ask(cluster.node(1), metadata(["t", "u"]))
    #expect(answer.brokers.map(\.nodeId) == [1] && answer.controllerId == 1)
    let partitions = answer.topics.map { $0.partitions[0] }
    #expect(partitions[0].leaderId == 1 && partitions[0].offlineReplicas == [2] && partitions[0].isrNodes == [1])
    #expect(partitions[1].leaderId == -1 && partitions[1].errorCode == .leaderNotAvailable && partitions[1].offlineReplicas == [2])
    // A client of version 0 is not told of brokers that it cannot find in the answer.
    let old = try cluster.ask(cluster.node(1), metadata(["t"]), version: 0).topics[0].partitions[0]
    #expect(old.replicaNodes == [1] && old.errorCode == .replicaNotAvailable)

    var request = DescribeClusterRequest()
    #expect(try cluster.ask(cluster.node(1), request).brokers.map(\.brokerId) == [1])
    request.includeFencedBrokers = true
    #expect(try cluster.ask(cluster.node(1), request).brokers.map(\.isFenced) == [false, true])
    request.endpointType = 2
    #expect(try cluster.ask(cluster.node(1), request).errorCode == .mismatchedEndpointType)
  }

  @Test func `Topic partitions are described page by page`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("b", [[1], [1], [1]])
    try cluster.createTopic("a", [[1], [1]])
    var request = DescribeTopicPartitionsRequest()
    request.responsePartitionLimit = 2
    var pages: [[String]] = []
    for _ in 1...4 {
      let answer = try cluster.ask(cluster.node(1), request)
      pages.append(answer.topics.flatMap { topic in topic.partitions.map { "\(topic.name ?? "")-\($0.partitionIndex)" } })
      guard let next = answer.nextCursor else { break }
      var cursor = DescribeTopicPartitionsRequest.Cursor()
      cursor.topicName = next.topicName
      cursor.partitionIndex = next.partitionIndex
      request.cursor = cursor
    }
    #expect(pages == [["a-0", "a-1"], ["b-0", "b-1"], ["b-2"]])
    request.cursor = nil
    var unknown = DescribeTopicPartitionsRequest.TopicRequest()
    unknown.name = "c"
    request.topics = [unknown]
    #expect(try cluster.ask(cluster.node(1), request).topics.map(\.errorCode) == [.unknownTopicOrPartition])
    // Whoever names topics goes on from one of them.
    var cursor = DescribeTopicPartitionsRequest.Cursor()
    cursor.topicName = "b"
    request.cursor = cursor
    #expect(try cluster.ask(cluster.node(1), request).topics.map(\.errorCode) == [.invalidRequest])
    cursor.topicName = "c"
    request.cursor = cursor
    #expect(try cluster.ask(cluster.node(1), request).topics.map(\.errorCode) == [.unknownTopicOrPartition])
  }
}
