import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// Groups as a client meets them: the coordinator is found, members join, offsets are committed and survive their coordinator.
@Suite struct GroupTests {
  /// Brokers with a topic `t` of two partitions, and no delay before a new group's first generation.
  private func started(brokers: Int32 = 3, settings: [(String, String)] = []) throws -> TestCluster {
    let cluster = try TestCluster(
      brokers: brokers,
      settings: [("group.initial.rebalance.delay.ms", "0"), ("offsets.topic.num.partitions", "3"), ("offsets.topic.replication.factor", "\(brokers)")] + settings)
    try cluster.start()
    try cluster.createTopic("t", [Array(1...brokers), Array(1...brokers)])
    return cluster
  }

  private func findCoordinator(_ group: String) -> FindCoordinatorRequest { FindCoordinatorRequest { $0.coordinatorKeys = [group] } }

  /// The coordinator of a group, when one is there that has loaded.
  private func coordinator(of group: String, _ cluster: TestCluster, askedOf broker: Int32 = 1, otherThan former: Int32 = -1) throws -> NodeIndex {
    try cluster.coordinator(of: group, askedOf: broker, otherThan: former) { node in
      ![.coordinatorLoadInProgress, .notCoordinator].contains(try cluster.ask(node, describe(group)).groups[0].errorCode)
    }
  }

  private func describe(_ group: String) -> DescribeGroupsRequest {
    var request = DescribeGroupsRequest()
    request.groups = [group]
    return request
  }

  private func commit(_ group: String, _ offset: Int64, topic: String = "t", id: Uuid = .zero, partition: Int32 = 0) -> OffsetCommitRequest {
    var place = OffsetCommitRequest.OffsetCommitRequestPartition(), entry = OffsetCommitRequest.OffsetCommitRequestTopic()
    (place.partitionIndex, place.committedOffset) = (partition, offset)
    (entry.name, entry.topicId, entry.partitions) = (topic, id, [place])
    var request = OffsetCommitRequest()
    (request.groupId, request.topics) = (group, [entry])
    return request
  }

  private func fetchAll(_ group: String) -> OffsetFetchRequest {
    var asked = OffsetFetchRequest.OffsetFetchRequestGroup()
    (asked.groupId, asked.topics) = (group, nil)
    var request = OffsetFetchRequest()
    request.groups = [asked]
    return request
  }

  private func join(_ group: String, as member: String = "") -> JoinGroupRequest {
    var choice = JoinGroupRequest.JoinGroupRequestProtocol(), request = JoinGroupRequest()
    (choice.name, choice.metadata) = ("range", Bytes([0, 0, 0, 0, 0, 1, 0, 1, 116, 255, 255, 255, 255]))
    (request.groupId, request.memberId, request.protocolType, request.protocols) = (group, member, "consumer", [choice])
    (request.sessionTimeoutMs, request.rebalanceTimeoutMs) = (10_000, 10_000)
    return request
  }

  private func sync(_ group: String, as member: String, generation: Int32, assignment: String) -> SyncGroupRequest {
    var part = SyncGroupRequest.SyncGroupRequestAssignment(), request = SyncGroupRequest()
    (part.memberId, part.assignment) = (member, Bytes(assignment))
    (request.groupId, request.memberId, request.generationId, request.assignments) = (group, member, generation, [part])
    (request.protocolType, request.protocolName) = ("consumer", "range")
    return request
  }

  @Test func `The coordinator's topic is created when a coordinator is looked up, compacted and internal`() throws {
    let cluster = try started()
    #expect(try cluster.ask(cluster.node(1), findCoordinator("g")).coordinators[0].errorCode == .coordinatorNotAvailable)
    _ = try coordinator(of: "g", cluster)
    let topic = try cluster.ask(cluster.node(1), metadata([TopicName.consumerOffsets])).topics[0]
    #expect(topic.isInternal && topic.partitions.count == 3 && topic.partitions[0].replicaNodes.count == 3)
    var resource = DescribeConfigsRequest.DescribeConfigsResource()
    (resource.resourceType, resource.resourceName, resource.configurationKeys) = (2, TopicName.consumerOffsets, ["cleanup.policy", "segment.bytes"])
    var request = DescribeConfigsRequest()
    request.resources = [resource]
    let configs = try cluster.ask(cluster.node(1), request).results[0].configs
    #expect(configs.map { "\($0.name) \($0.value ?? "-")" } == ["cleanup.policy compact", "segment.bytes 104857600"])
    let refused = try cluster.ask(
      cluster.node(1), produce(TopicName.consumerOffsets, try cluster.topicID(TopicName.consumerOffsets), batch(["a"])))
    #expect(refused.only.errorCode == .invalidTopicException)
  }

  @Test func `Every version of FindCoordinator names the broker that coordinates the group`() throws {
    let cluster = try started()
    let node = try coordinator(of: "my-group", cluster)
    for version in Int16(0)...6 {
      var request = findCoordinator("my-group")
      if version < 4 { (request.key, request.coordinatorKeys) = ("my-group", []) }
      let response = try cluster.ask(cluster.node(2), request, version: version)
      let (error, id, port) = version < 4
        ? (response.errorCode, response.nodeId, response.port)
        : (response.coordinators[0].errorCode, response.coordinators[0].nodeId, response.coordinators[0].port)
      #expect(error == .none && cluster.node(id) == node && port == 9092, "version \(version)")
    }
    var ofShareGroups = findCoordinator("g:t:0")
    ofShareGroups.keyType = 2
    #expect(try cluster.ask(cluster.node(1), ofShareGroups).coordinators[0].errorCode == .invalidRequest)
  }

  @Test func `A member joins, is assigned partitions, sends heartbeats and leaves`() throws {
    let cluster = try started(brokers: 1)
    let node = try coordinator(of: "g", cluster)
    let first = try cluster.ask(node, join("g"))
    #expect(first.errorCode == .memberIdRequired && first.memberId.hasPrefix("test-") && first.memberId.utf8.count == "test-".utf8.count + 36)
    let joined = try cluster.ask(node, join("g", as: first.memberId))
    #expect(joined.errorCode == .none && joined.generationId == 1 && joined.leader == first.memberId && joined.members.count == 1)
    let synced = try cluster.ask(node, sync("g", as: first.memberId, generation: 1, assignment: "all"))
    #expect(synced.errorCode == .none && synced.assignment.text == "all")
    var heartbeat = HeartbeatRequest()
    (heartbeat.groupId, heartbeat.memberId, heartbeat.generationId) = ("g", first.memberId, 1)
    #expect(try cluster.ask(node, heartbeat).errorCode == .none)
    let described = try cluster.ask(node, describe("g")).groups[0]
    #expect(described.groupState == "Stable" && described.members[0].clientHost == "/127.0.0.1" && described.members[0].clientId == "test")
    #expect(try cluster.listedGroups(node) == ["g Stable classic"])
    var leave = LeaveGroupRequest()
    (leave.groupId, leave.memberId) = ("g", first.memberId)
    #expect(try cluster.ask(node, leave, version: 2).errorCode == .none)
    #expect(try cluster.ask(node, leave, version: 2).errorCode == .unknownMemberId)
    var delete = DeleteGroupsRequest()
    delete.groupsNames = ["g", "unknown"]
    #expect(try cluster.ask(node, delete).results.map { "\($0.groupId) \($0.errorCode)" }.sorted() == ["g NONE", "unknown GROUP_ID_NOT_FOUND"])
    #expect(try cluster.ask(node, ListGroupsRequest()).groups.isEmpty)
  }

  @Test func `Offsets are committed and read by name and by id, in every version`() throws {
    let cluster = try started(brokers: 1)
    let node = try coordinator(of: "g", cluster), id = try cluster.topicID("t")
    for version in Int16(2)...10 {
      let response = try cluster.ask(node, commit("g", Int64(version), id: id), version: version)
      #expect(response.topics[0].partitions[0].errorCode == .none, "version \(version)")
    }
    for version in Int16(1)...10 {
      var request = OffsetFetchRequest()
      if version >= 8 {
        var topic = OffsetFetchRequest.OffsetFetchRequestTopics(), group = OffsetFetchRequest.OffsetFetchRequestGroup()
        (topic.name, topic.topicId, topic.partitionIndexes) = ("t", id, [0, 1])
        (group.groupId, group.topics) = ("g", [topic])
        request.groups = [group]
      } else {
        var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
        (topic.name, topic.partitionIndexes) = ("t", [0, 1])
        (request.groupId, request.topics) = ("g", [topic])
      }
      request.requireStable = version >= 7
      let response = try cluster.ask(node, request, version: version)
      let offsets = version >= 8 ? response.groups[0].topics[0].partitions.map(\.committedOffset) : response.topics[0].partitions.map(\.committedOffset)
      #expect(offsets == [10, -1], "version \(version)")
    }
  }

  @Test func `Offsets of missing topics and partitions are refused, and others in the request are committed`() throws {
    let cluster = try started(brokers: 1)
    let node = try coordinator(of: "g", cluster)
    var request = commit("g", 5)
    request.topics += commit("g", 6, topic: "unknown").topics + commit("g", 7, partition: 2).topics
    let response = try cluster.ask(node, request, version: 9)
    let errors = response.topics.flatMap { topic in topic.partitions.map { "\(topic.name)-\($0.partitionIndex) \($0.errorCode)" } }
    #expect(errors.sorted() == ["t-0 NONE", "t-2 UNKNOWN_TOPIC_OR_PARTITION", "unknown-0 UNKNOWN_TOPIC_OR_PARTITION"])
    #expect(try cluster.ask(node, commit("g", 5, id: Uuid(high: 9, low: 9)), version: 10).topics[0].partitions[0].errorCode == .unknownTopicId)
    #expect(try cluster.ask(node, fetchAll("g"), version: 9).groups[0].topics[0].partitions.map(\.committedOffset) == [5])
  }

  @Test func `A broker that does not coordinate a group says so`() throws {
    let cluster = try started()
    let node = try coordinator(of: "g", cluster)
    let other = try #require(cluster.brokers.first { $0 != node })
    #expect(try cluster.ask(other, commit("g", 1), version: 9).topics[0].partitions[0].errorCode == .notCoordinator)
    #expect(try cluster.ask(other, fetchAll("g"), version: 9).groups[0].errorCode == .notCoordinator)
    #expect(try cluster.ask(other, join("g")).errorCode == .notCoordinator)
    #expect(try cluster.ask(other, describe("g")).groups[0].errorCode == .notCoordinator)
  }

  @Test func `Committed offsets survive the kill of the coordinator, and the next one has the same state`() throws {
    let cluster = try started(settings: [("broker.session.timeout.ms", "3000")])
    let node = try coordinator(of: "g", cluster)
    let first = try cluster.ask(node, join("g"))
    _ = try cluster.ask(node, join("g", as: first.memberId))
    _ = try cluster.ask(node, sync("g", as: first.memberId, generation: 1, assignment: "all"))
    var ofMember = commit("g", 7)
    (ofMember.memberId, ofMember.generationIdOrMemberEpoch) = (first.memberId, 1)
    #expect(try cluster.ask(node, ofMember, version: 9).topics[0].partitions[0].errorCode == .none)
    let partition = coordinatorPartition(of: "g", partitionCount: 3)
    let before = try #require(cluster.broker(node)?.committedGroups(ofPartition: partition))
    let number = Int32(try #require(cluster.brokers.firstIndex(of: node))) + 1
    cluster.world.kill(node)
    let next = try coordinator(of: "g", cluster, askedOf: number == 1 ? 2 : 1, otherThan: number)
    // Until its followers have told how far they are.
    cluster.world.run(for: .seconds(1))
    let after = try #require(cluster.broker(next)?.committedGroups(ofPartition: partition))
    var check = InvariantCheck()
    cluster.broker(next)?.checkCoordinatorReplay(&check)
    #expect(check.broken.isEmpty && check.examined > 0)
    #expect(after.upTo == before.upTo && after.lines == before.lines && !after.lines.isEmpty)
    #expect(try cluster.ask(next, fetchAll("g"), version: 9).groups[0].topics[0].partitions[0].committedOffset == 7)
    var heartbeat = HeartbeatRequest()
    (heartbeat.groupId, heartbeat.memberId, heartbeat.generationId) = ("g", first.memberId, 1)
    #expect(try cluster.ask(next, heartbeat).errorCode == .none)
  }

  @Test func `Offsets of a deleted topic are gone`() throws {
    let cluster = try started(brokers: 1)
    let node = try coordinator(of: "g", cluster)
    #expect(try cluster.ask(node, commit("g", 5), version: 9).topics[0].partitions[0].errorCode == .none)
    var topic = DeleteTopicsRequest.DeleteTopicState(), request = DeleteTopicsRequest()
    topic.name = "t"
    request.topics = [topic]
    #expect(try cluster.ask(node, request).responses[0].errorCode == .none)
    cluster.world.run(for: .seconds(1))
    #expect(try cluster.ask(node, fetchAll("g"), version: 9).groups[0].topics.isEmpty)
  }
}
