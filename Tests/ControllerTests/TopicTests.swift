import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct TopicTests {
  @Test func `Replicas are spread so that every broker leads equally many partitions`() {
    var cluster = TestCluster()
    #expect(cluster.createTopic("t", partitions: 6, replicationFactor: 3).errorCode == .none)
    let topic = cluster.state.image.topic(named: "t")!
    #expect(topic.partitions.count == 6)
    for broker: NodeID in [1, 2, 3] { #expect(topic.partitions.count { $0.leader == broker } == 2) }
    for partition in topic.partitions { #expect(partition.replicas.sorted() == [1, 2, 3]) }
  }

  @Test func `Replicas are spread over racks`() {
    var cluster = TestCluster(brokers: 1...4, racks: [1: "a", 2: "a", 3: "b", 4: "b"])
    _ = cluster.createTopic("t", partitions: 4, replicationFactor: 2)
    let partitions = cluster.state.image.topic(named: "t")!.partitions
    #expect(partitions.count == 4)
    for partition in partitions {
      let racks = partition.replicas.map { cluster.state.image.broker($0)!.rack! }
      #expect(racks.sorted() == ["a", "b"])
    }
  }

  @Test func `Placement depends on the seed alone`() {
    var left = TestCluster(), right = TestCluster()
    _ = left.createTopic("t", partitions: 9, replicationFactor: 2)
    _ = right.createTopic("t", partitions: 9, replicationFactor: 2)
    #expect(left.state.image == right.state.image)
  }

  @Test func `Fenced brokers follow but do not lead new partitions`() {
    var cluster = TestCluster()
    cluster.fence(1)
    _ = cluster.createTopic("t", partitions: 4, replicationFactor: 3)
    let partitions = cluster.state.image.topic(named: "t")!.partitions
    #expect(partitions.count == 4)
    for partition in partitions {
      #expect(partition.leader != 1)
      #expect(!partition.isr.contains(1))
      #expect(partition.replicas.contains(1))
    }
  }

  @Test func `Impossible topics are refused`() {
    var cluster = TestCluster()
    #expect(cluster.createTopic("t", partitions: 1, replicationFactor: 4).errorCode == .invalidReplicationFactor)
    #expect(cluster.createTopic("t", partitions: 0, replicationFactor: 1).errorCode == .invalidPartitions)
    #expect(cluster.createTopic("t", partitions: 1, replicationFactor: 0).errorCode == .invalidReplicationFactor)
    #expect(cluster.createTopic("a b", partitions: 1, replicationFactor: 1).errorCode == .invalidTopicException)
    #expect(cluster.createTopic("a.b", partitions: 1, replicationFactor: 1).errorCode == .none)
    #expect(cluster.createTopic("a_b", partitions: 1, replicationFactor: 1).errorCode == .invalidTopicException)
    #expect(cluster.createTopic("a.b", partitions: 1, replicationFactor: 1).errorCode == .topicAlreadyExists)
  }

  @Test func `Defaults come from the configuration`() {
    var cluster = TestCluster {
      $0.numPartitions = 5
      $0.defaultReplicationFactor = 2
    }
    let result = cluster.createTopic("t", partitions: -1, replicationFactor: -1)
    #expect(result.numPartitions == 5)
    #expect(result.replicationFactor == 2)
  }

  @Test func `A recreated topic is another one and has no earlier configuration`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1]], configs: [("retention.ms", "5")])
    let former = cluster.state.image.topicID(named: "t")
    var name = DeleteTopicsRequest.DeleteTopicState()
    name.name = "t"
    var request = DeleteTopicsRequest()
    request.topics = [name]
    #expect(cluster.apply(cluster.state.deleteTopics(request, version: 6)).responses[0].errorCode == .none)
    #expect(cluster.state.image.topic(named: "t") == nil)
    #expect(cluster.apply(cluster.state.deleteTopics(request, version: 6)).responses[0].errorCode == .unknownTopicOrPartition)
    cluster.createTopic("t", [[1]])
    #expect(cluster.state.image.topicID(named: "t") != former)
    #expect(cluster.state.image.config(of: .topic("t")).isEmpty)
  }

  @Test func `Partitions can only be added`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2]])
    func create(_ count: Int32) -> ErrorCode {
      var topic = CreatePartitionsRequest.CreatePartitionsTopic()
      (topic.name, topic.count, topic.assignments) = ("t", count, nil)
      var request = CreatePartitionsRequest()
      request.topics = [topic]
      return cluster.apply(cluster.state.createPartitions(request)).results[0].errorCode
    }
    #expect(create(1) == .invalidPartitions)
    #expect(create(4) == .none)
    #expect(cluster.state.image.topic(named: "t")!.partitions.count == 4)
    #expect(cluster.partition(3).replicas.count == 2)
    #expect(create(2) == .invalidPartitions)
  }
}
