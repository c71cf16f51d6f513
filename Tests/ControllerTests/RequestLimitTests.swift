import Primitives
import Testing
import Wire

@testable import Controller

/// What one request may ask of the controller, and what becomes of a thing that it names twice.
@Suite struct RequestLimitTests {
  private func create(_ topics: [(String, Int32)], in cluster: inout TestCluster) -> [ErrorCode] {
    var request = CreateTopicsRequest()
    request.validateOnly = true
    request.topics = topics.map { name, partitions in
      var topic = CreateTopicsRequest.CreatableTopic()
      (topic.name, topic.numPartitions, topic.replicationFactor) = (name, partitions, 1)
      return topic
    }
    return cluster.apply(cluster.state.createTopics(request)).topics.map(\.errorCode)
  }

  private func grow(_ topics: [(String, Int32)], in cluster: inout TestCluster) -> [ErrorCode] {
    var request = CreatePartitionsRequest()
    request.topics = topics.map { name, count in
      var topic = CreatePartitionsRequest.CreatePartitionsTopic()
      (topic.name, topic.count, topic.assignments) = (name, count, nil)
      return topic
    }
    return cluster.apply(cluster.state.createPartitions(request)).results.map(\.errorCode)
  }

  @Test func `A request creates at most ten thousand partitions, for all its topics together`() {
    var cluster = TestCluster { $0.numPartitions = 3 }
    #expect(create([("a", 10_000)], in: &cluster) == [.none])
    #expect(create([("a", 10_001)], in: &cluster) == [.policyViolation])
    #expect(create([("a", 5_000), ("b", 5_000)], in: &cluster) == [.none, .none])
    #expect(create([("a", 5_000), ("b", 5_000), ("c", 1)], in: &cluster) == [.policyViolation, .policyViolation, .policyViolation])
    #expect(create([("a", 9_998), ("b", -1)], in: &cluster) == [.policyViolation, .policyViolation], "-1 stands for the default")
    #expect(create([("a", .max), ("b", .max), ("c", .max)], in: &cluster) == [.policyViolation, .policyViolation, .policyViolation])
    #expect(create([("a", .min), ("b", 1)], in: &cluster) == [.invalidPartitions, .none])
    #expect(cluster.state.image.topics.isEmpty)
  }

  @Test func `The same limit applies to more partitions of existing topics`() {
    var cluster = TestCluster()
    cluster.createTopic("a", [[1]])
    cluster.createTopic("b", [[1]])
    #expect(grow([("a", .max)], in: &cluster) == [.policyViolation])
    #expect(grow([("a", 5_001), ("b", 5_002)], in: &cluster) == [.policyViolation, .policyViolation])
    #expect(grow([("a", .min), ("b", 3)], in: &cluster) == [.invalidPartitions, .none])
    #expect(cluster.state.image.topic(named: "a")?.partitions.count == 1 && cluster.state.image.topic(named: "b")?.partitions.count == 3)
  }

  @Test func `A partition that is moved or elected repeatedly is processed at most once more than the limit`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2]])
    var wanted = AlterPartitionReassignmentsRequest.ReassignablePartition()
    wanted.replicas = [1, 3]
    var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
    topic.name = "t"
    var request = AlterPartitionReassignmentsRequest()
    for (count, records) in [(10_000, 10_000), (12_000, 10_001)] {
      topic.partitions = Array(repeating: wanted, count: count)
      request.topics = [topic]
      #expect(cluster.state.alterPartitionReassignments(request).records.count == records)
    }

    // The preferred leader is in the ISR again, and does not lead.
    cluster.fence(1)
    cluster.heartbeat(1)
    #expect(cluster.errorOfAlterPartition(by: 2, to: [1, 2]) == .none)
    var election = ElectLeadersRequest.TopicPartitions()
    election.topic = "t"
    var elections = ElectLeadersRequest()
    for (count, records) in [(10_000, 10_000), (12_000, 10_001)] {
      election.partitions = Array(repeating: 0, count: count)
      elections.topicPartitions = [election]
      #expect(cluster.state.electLeaders(elections).records.count == records)
    }
  }

  @Test func `Replicas are counted before they are placed`() {
    var cluster = TestCluster()
    #expect(cluster.createTopic("t", partitions: 10_000, replicationFactor: .max).errorCode == .invalidReplicationFactor)
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = ("t", -1, -1)
    var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
    assignment.brokerIds = (0..<100_000).map { _ in 1 }
    topic.assignments = [assignment]
    var request = CreateTopicsRequest()
    request.topics = [topic]
    #expect(cluster.apply(cluster.state.createTopics(request)).topics[0].errorCode == .invalidReplicaAssignment)
  }

  @Test func `The metadata log's name cannot be used for a topic`() {
    var cluster = TestCluster()
    #expect(cluster.createTopic("__cluster_metadata", partitions: 1, replicationFactor: 1).errorCode == .invalidRequest)
    #expect(cluster.createTopic("__cluster_metadata_", partitions: 1, replicationFactor: 1).errorCode == .none)
  }

  @Test func `A topic that is listed twice is neither created, grown nor deleted`() {
    var cluster = TestCluster()
    #expect(create([("a", 1), ("b", 1), ("a", 2)], in: &cluster) == [.invalidRequest, .none, .invalidRequest])
    cluster.createTopic("t", [[1]])
    cluster.createTopic("u", [[1]])
    #expect(grow([("t", 2), ("u", 2), ("t", 3)], in: &cluster) == [.invalidRequest, .none, .invalidRequest])
    #expect(cluster.state.image.topic(named: "t")?.partitions.count == 1)

    var byName = DeleteTopicsRequest.DeleteTopicState(), byID = DeleteTopicsRequest.DeleteTopicState(), other = DeleteTopicsRequest.DeleteTopicState()
    byName.name = "t"
    byID.topicId = cluster.state.image.topicID(named: "t")!
    other.name = "u"
    var request = DeleteTopicsRequest()
    request.topics = [byName, other, byID]
    #expect(cluster.apply(cluster.state.deleteTopics(request, version: 6)).responses.map(\.errorCode) == [.invalidRequest, .none, .invalidRequest])
    #expect(cluster.state.image.topic(named: "t") != nil && cluster.state.image.topic(named: "u") == nil)
  }

  @Test func `Colliding names are found among thousands, in the request and in the cluster`() {
    var cluster = TestCluster()
    cluster.createTopic("x.0", [[1]])
    let names = (0..<9_000).map { ("x_\($0)", Int32(1)) } + [("y.1", 1), ("y_1", 1), ("z", 1)]
    let errors = create(names, in: &cluster)
    #expect(errors[0] == .invalidTopicException && errors[1..<9_000].allSatisfy { $0 == .none })
    #expect(errors[9_000...] == [.none, .invalidTopicException, .none])
  }

  @Test func `Topics that are deleted together leave the others unchanged`() {
    var cluster = TestCluster()
    for number in 0..<5 { cluster.createTopic("t\(number)", [[1]], configs: [("retention.ms", "\(number)")]) }
    var request = DeleteTopicsRequest()
    request.topics = [3, 0, 4].map { number in
      var state = DeleteTopicsRequest.DeleteTopicState()
      state.name = "t\(number)"
      return state
    }
    _ = cluster.apply(cluster.state.deleteTopics(request, version: 6))
    #expect(cluster.state.image.topics.values.map(\.name) == ["t1", "t2"])
    #expect(cluster.state.image.configs.keys.filter { $0.kind == .topic }.map(\.name) == ["t1", "t2"])
    #expect(cluster.state.image.topicID(named: "t3") == nil)
  }

  @Test func `A record of a topic that was deleted in the same batch is refused`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1]])
    var removal = RemoveTopicRecord()
    removal.topicId = cluster.state.image.topicID(named: "t")!
    var delta = MetadataDelta()
    var image = cluster.state.image
    #expect(image.apply([.removeTopic(removal), .removeTopic(removal)], recording: &delta).count == 1)
    #expect(delta.deletedTopics.map(\.name) == ["t"] && image.topics.isEmpty)
  }
}
