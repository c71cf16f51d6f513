import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// Groups of KIP-848 as a client meets them.
@Suite struct ConsumerGroupTests {
  private func started(brokers: Int32 = 1, settings: [(String, String)] = []) throws -> TestCluster {
    let cluster = try TestCluster(
      brokers: brokers,
      settings: [
        ("group.consumer.assignment.interval.ms", "0"), ("offsets.topic.num.partitions", "3"), ("offsets.topic.replication.factor", "\(brokers)"),
      ] + settings)
    try cluster.start()
    try cluster.createTopic("t", [Array(1...brokers), Array(1...brokers), Array(1...brokers), Array(1...brokers)])
    return cluster
  }

  /// The coordinator of the group, when one is there that has loaded.
  private func coordinator(_ cluster: TestCluster, askedOf broker: Int32 = 1, otherThan former: Int32 = -1) throws -> NodeIndex {
    try cluster.coordinator(of: "g", askedOf: broker, otherThan: former) { node in
      [.none, .groupIdNotFound].contains(try describe(cluster, node).errorCode)
    }
  }

  private func describe(_ cluster: TestCluster, _ node: NodeIndex) throws -> ConsumerGroupDescribeResponse.DescribedGroup {
    try cluster.ask(node, ConsumerGroupDescribeRequest { $0.groupIds = ["g"] }).groups[0]
  }

  private func join(_ member: String, names: [String] = ["t"], pattern: String? = nil) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.rebalanceTimeoutMs = 30_000
      $0.subscribedTopicNames = names
      $0.subscribedTopicRegex = pattern
      $0.topicPartitions = []
    }
  }

  private func beat(_ member: String, _ epoch: Int32, owned: [Int32]? = nil, of topic: Uuid = .zero) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.memberEpoch = epoch
      $0.topicPartitions = owned.map { owned in
        [ConsumerGroupHeartbeatRequest.TopicPartitions { $0.topicId = topic; $0.partitions = owned }]
      }
    }
  }

  private func commit(_ member: String, _ epoch: Int32, _ offset: Int64) -> OffsetCommitRequest {
    OffsetCommitRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.generationIdOrMemberEpoch = epoch
      $0.topics = [
        OffsetCommitRequest.OffsetCommitRequestTopic {
          $0.name = "t"
          $0.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition { $0.committedOffset = offset }]
        }
      ]
    }
  }

  @Test func `Two members share a topic, commit in their epochs, and are described and listed`() throws {
    let cluster = try started()
    let node = try coordinator(cluster), topic = try cluster.topicID("t")
    let first = try cluster.ask(node, join("a"))
    #expect(first.errorCode == .none && first.memberEpoch == 2 && first.heartbeatIntervalMs == 5_000)
    #expect(first.assignment?.topicPartitions.map(\.partitions) == [[0, 1, 2, 3]])
    #expect(try cluster.ask(node, join("b")).memberEpoch == 3)
    #expect(try cluster.ask(node, beat("a", 2)).assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
    #expect(try cluster.ask(node, beat("a", 2, owned: [0, 1], of: topic)).memberEpoch == 3)
    #expect(try cluster.ask(node, beat("b", 3)).assignment?.topicPartitions.map(\.partitions) == [[2, 3]])

    #expect(try cluster.ask(node, commit("a", 3, 7), version: 9).topics[0].partitions[0].errorCode == .none)
    #expect(try cluster.ask(node, commit("a", 1, 8), version: 9).topics[0].partitions[0].errorCode == .staleMemberEpoch)
    #expect(try cluster.ask(node, commit("c", 3, 9), version: 9).topics[0].partitions[0].errorCode == .unknownMemberId)

    let described = try describe(cluster, node)
    #expect(described.groupState == "Stable" && described.groupEpoch == 3 && described.assignorName == "uniform")
    #expect(described.members.map { "\($0.memberId) \($0.clientId) \($0.clientHost)" } == ["a test /127.0.0.1", "b test /127.0.0.1"])
    #expect(try cluster.listedGroups(node) == ["g Stable consumer"])
    #expect(try cluster.ask(node, DeleteGroupsRequest { $0.groupsNames = ["g"] }).results[0].errorCode == .nonEmptyGroup)
  }

  @Test func `A nameless member of version 0 gets an id, and wrong requests are refused with a reason`() throws {
    let cluster = try started()
    let node = try coordinator(cluster)
    #expect(try cluster.ask(node, join(""), version: 0).memberId?.utf8.count == 22)
    let nameless = try cluster.ask(node, join(""), version: 1)
    #expect(nameless.errorCode == .invalidRequest && nameless.errorMessage == "MemberId can't be empty.")
    #expect(try cluster.ask(node, join("a", names: [], pattern: "(")).errorCode == .invalidRegularExpression)
    #expect(try cluster.ask(node, beat("a", 5)).errorCode == .unknownMemberId)
  }

  @Test func `A member that subscribes by pattern gets existing topics and those created later`() throws {
    let cluster = try started()
    let node = try coordinator(cluster)
    #expect(try cluster.ask(node, join("a", names: [], pattern: "[tu]")).assignment?.topicPartitions.isEmpty == true)
    cluster.world.run(for: .milliseconds(100))
    #expect(try cluster.ask(node, beat("a", 2)).assignment?.topicPartitions.count == 1)
    cluster.world.run(for: .seconds(11))
    try cluster.createTopic("u", [[1]])
    cluster.world.run(for: .milliseconds(500))
    #expect(try cluster.ask(node, beat("a", 3)).errorCode == .none)
    cluster.world.run(for: .milliseconds(100))
    #expect(try cluster.ask(node, beat("a", 3)).assignment?.topicPartitions.count == 2)
  }

  @Test func `A group survives the kill of its coordinator, and silent members are removed when their sessions expire`() throws {
    let cluster = try started(brokers: 3, settings: [("broker.session.timeout.ms", "3000")])
    let node = try coordinator(cluster)
    #expect(try cluster.ask(node, join("a")).memberEpoch == 2)
    #expect(try cluster.ask(node, join("b")).memberEpoch == 3)
    let number = Int32(try #require(cluster.brokers.firstIndex(of: node))) + 1
    cluster.world.kill(node)
    let next = try coordinator(cluster, askedOf: number == 1 ? 2 : 1, otherThan: number)
    let described = try describe(cluster, next)
    #expect(described.members.map(\.memberId) == ["a", "b"] && described.groupEpoch == 3)
    #expect(try cluster.ask(next, beat("a", 2)).errorCode == .none)
    cluster.world.run(for: .seconds(46))
    #expect(try describe(cluster, next).groupState == "Empty")
    #expect(try cluster.ask(next, beat("b", 3)).errorCode == .unknownMemberId)
  }

  @Test func `The settings of a group override those of the broker`() throws {
    let cluster = try started()
    let node = try coordinator(cluster)
    var config = IncrementalAlterConfigsRequest.AlterableConfig(), resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    (config.name, config.value) = ("consumer.heartbeat.interval.ms", "7000")
    (resource.resourceType, resource.resourceName, resource.configs) = (32, "g", [config])
    #expect(try cluster.ask(node, IncrementalAlterConfigsRequest { $0.resources = [resource] }).responses[0].errorCode == .none)
    cluster.world.run(for: .milliseconds(500))
    #expect(try cluster.ask(node, join("a")).heartbeatIntervalMs == 7_000)
  }

  @Test func `A classic member shares a KIP-848 group, and owns it alone as a classic one when the other member has left`() throws {
    let cluster = try started()
    let node = try coordinator(cluster), topic = try cluster.topicID("t")
    func classic(_ member: String) -> JoinGroupRequest {
      var choice = JoinGroupRequest.JoinGroupRequestProtocol(), request = JoinGroupRequest()
      (choice.name, choice.metadata) = ("range", ConsumerProtocol.encode(ConsumerProtocolSubscription { $0.topics = ["t"] }, version: 1))
      (request.groupId, request.memberId, request.protocolType, request.protocols) = ("g", member, "consumer", [choice])
      (request.sessionTimeoutMs, request.rebalanceTimeoutMs) = (10_000, 10_000)
      return request
    }
    func heartbeat(_ member: String) throws -> ErrorCode {
      try cluster.ask(node, HeartbeatRequest { $0.groupId = "g"; $0.memberId = member; $0.generationId = 3 }).errorCode
    }
    #expect(try cluster.ask(node, join("a")).memberEpoch == 2)
    let member = try cluster.ask(node, classic("")).memberId
    #expect(member.hasPrefix("test-"))
    let joined = try cluster.ask(node, classic(member))
    #expect(joined.errorCode == .none && joined.generationId == 3 && joined.protocolName == "range" && joined.leader.isEmpty && joined.members.isEmpty)
    #expect(try heartbeat(member) == .none)
    #expect(try cluster.ask(node, beat("a", 2)).assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
    #expect(try cluster.ask(node, beat("a", 2, owned: [0, 1], of: topic)).memberEpoch == 3)
    // What it waits for is free.
    #expect(try heartbeat(member) == .rebalanceInProgress)
    #expect(try cluster.ask(node, classic(member)).generationId == 3)
    let synced = try cluster.ask(node, SyncGroupRequest {
      $0.groupId = "g"
      $0.memberId = member
      $0.generationId = 3
      $0.protocolType = "consumer"
      $0.protocolName = "range"
    })
    #expect(synced.errorCode == .none)
    #expect(try ConsumerProtocol.decode(ConsumerProtocolAssignment.self, synced.assignment).assignedPartitions.map(\.partitions) == [[2, 3]])
    #expect(try describe(cluster, node).members.map(\.memberType) == [1, 0])

    #expect(try cluster.ask(node, beat("a", -1)).memberEpoch == -1)
    #expect(try cluster.listedGroups(node) == ["g PreparingRebalance classic"])
    let alone = try cluster.ask(node, classic(member))
    #expect(alone.errorCode == .none && alone.generationId == 4 && alone.leader == member)
  }

  private func alter(_ cluster: TestCluster, _ kind: Int8, _ resource: String, _ name: String, _ value: String) throws -> ErrorCode {
    var config = IncrementalAlterConfigsRequest.AlterableConfig(), entry = IncrementalAlterConfigsRequest.AlterConfigsResource()
    (config.name, config.value) = (name, value)
    (entry.resourceType, entry.resourceName, entry.configs) = (kind, resource, [config])
    let answer = try cluster.ask(cluster.node(1), IncrementalAlterConfigsRequest { $0.resources = [entry] }).responses[0].errorCode
    cluster.world.run(for: .milliseconds(500))
    return answer
  }

  @Test func `A group may set values within the bounds of the brokers`() throws {
    let cluster = try started(settings: [
      ("group.consumer.session.timeout.ms", "20000"), ("group.consumer.min.session.timeout.ms", "10000"), ("group.consumer.max.session.timeout.ms", "30000"),
      ("group.consumer.heartbeat.interval.ms", "2000"),
    ])
    let node = try coordinator(cluster)
    #expect(try alter(cluster, 32, "g", "consumer.session.timeout.ms", "9999") == .invalidConfig)
    #expect(try alter(cluster, 32, "g", "consumer.session.timeout.ms", "30001") == .invalidConfig)
    #expect(try alter(cluster, 32, "g", "consumer.session.timeout.ms", "10000") == .none)
    // A bound that nobody set gives way to the setting itself.
    #expect(try alter(cluster, 32, "g", "consumer.heartbeat.interval.ms", "1999") == .invalidConfig)
    #expect(try alter(cluster, 32, "g", "consumer.heartbeat.interval.ms", "10000") == .invalidConfig, "as long as the session")
    #expect(try alter(cluster, 32, "g", "consumer.heartbeat.interval.ms", "3000") == .none)
    #expect(try cluster.ask(node, join("a")).heartbeatIntervalMs == 3_000)
    cluster.world.run(for: .seconds(11))
    #expect(try describe(cluster, node).groupState == "Empty")
  }

  @Test func `Group settings that contradict each other are refused`() {
    let needed = [("node.id", "1"), ("listeners", "PLAINTEXT://broker-1:9092"), ("controller.quorum.voters", "100@controller-100:9093")]
    let cases: [[(String, String)]] = [
      [("group.consumer.min.session.timeout.ms", "50000")], [("group.consumer.max.session.timeout.ms", "44000")],
      [("group.consumer.max.heartbeat.interval.ms", "4000"), ("group.consumer.min.heartbeat.interval.ms", "3000")],
      [("group.consumer.session.timeout.ms", "5000")], [("group.consumer.migration.policy", "sometimes")],
      [("group.coordinator.rebalance.protocols", "consumer")], [("group.coordinator.rebalance.protocols", "classic,foo")],
      [("group.coordinator.rebalance.protocols", "classic,classic")], [("group.coordinator.rebalance.protocols", "")],
    ]
    for given in cases { #expect(throws: ConfigurationError.self, "\(given)") { _ = try BrokerConfiguration(needed + given) } }
    #expect(throws: Never.self) { _ = try BrokerConfiguration(needed + [("group.consumer.session.timeout.ms", "6000")]) }
    #expect(throws: Never.self) { _ = try BrokerConfiguration(needed + [("group.consumer.migration.policy", "DISABLED")]) }
  }

  @Test func `A broker with only the classic protocol refuses KIP-848 members, but still offers their APIs`() throws {
    let cluster = try started(settings: [("group.coordinator.rebalance.protocols", "classic")])
    // Whoever describes a group asks this way first, and the old way then.
    let node = try cluster.coordinator(of: "g") { try describe(cluster, $0).errorCode == .unsupportedVersion }
    cluster.world.run(for: .seconds(1))
    #expect(try cluster.ask(node, join("a")).errorCode == .unsupportedVersion)
    #expect(try cluster.listedGroups(node) == [])
    let offered = try cluster.ask(node, ApiVersionsRequest { $0.clientSoftwareName = "test"; $0.clientSoftwareVersion = "1" }).apiKeys.map(\.apiKey)
    #expect(offered.contains(ApiKey.consumerGroupHeartbeat.rawValue) && offered.contains(ApiKey.consumerGroupDescribe.rawValue))
    // A commit from outside of any group needs no protocol.
    #expect(try cluster.ask(node, commit("", -1, 7), version: 9).topics[0].partitions[0].errorCode == .none)
  }

  @Test func `Group protocols that brokers do not have may be named, with a warning about share groups`() throws {
    let silent = try started(settings: [("group.coordinator.rebalance.protocols", "streams,consumer,classic")])
    #expect(try silent.ask(try coordinator(silent), join("a")).errorCode == .none)
    #expect(!silent.warnings.contains { $0.contains("share") })
    let warned = try started(settings: [("group.coordinator.rebalance.protocols", "classic,consumer,share")])
    #expect(warned.warnings.filter { $0.contains("'share' in group.coordinator.rebalance.protocols") }.count == 1)
  }

  @Test func `The assignment interval of all groups may change while brokers run`() throws {
    let cluster = try started()
    let node = try coordinator(cluster)
    _ = try cluster.ask(node, join("a"))
    #expect(try alter(cluster, 4, "", "group.consumer.session.timeout.ms", "50000") == .invalidRequest)
    #expect(try alter(cluster, 4, "", "group.consumer.assignment.interval.ms", "15000") == .none)
    // The target of the first member is younger than that: the next has to wait for one of its own.
    #expect(try cluster.ask(node, join("b")).memberEpoch == 2)
    cluster.world.run(for: .seconds(16))
    #expect(try cluster.ask(node, beat("b", 2)).memberEpoch == 3)
  }
}
