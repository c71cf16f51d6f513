import Controller
import Host
import Primitives
import Raft
import Sim
import Testing
import Transport
import Wire

@testable import Broker
@testable import Controller

/// Every version of every API that is offered gets an answer that can be read, to a plausible request and to an empty one.
@Suite struct EveryVersionTests {
  @Test func `A broker answers every version of every API it offers`() throws {
    let ofCoordinators = BrokerConfiguration.settingsOfSmallCluster(of: 1, given: [])
    let cluster = try TestCluster(brokers: 1, settings: ofCoordinators + [("group.initial.rebalance.delay.ms", "0")])
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let broker = cluster.node(1), id = try cluster.topicID("t")
    var sweep = Sweep(cluster, broker, BrokerApis.offered)

    try sweep.ask { ApiVersionsRequest() } plausible: { _, request in
      request.clientSoftwareName = "sweep"
      request.clientSoftwareVersion = "1"
    }
    try sweep.ask { MetadataRequest() } plausible: { version, request in
      request = metadata(["t", "unknown"], allowAutoTopicCreation: version < 4)
    }
    try sweep.ask {
      var request = ProduceRequest()
      request.acks = 1
      return request
    } plausible: { _, request in
      request = produce("t", id, batch(["a"]), acks: 1)
    }
    try sweep.ask { FetchRequest() } plausible: { _, request in request = fetch("t", id) }
    try sweep.ask {
      var request = ListOffsetsRequest()
      request.replicaId = -1
      return request
    } plausible: { _, request in
      var partition = ListOffsetsRequest.ListOffsetsPartition(), topic = ListOffsetsRequest.ListOffsetsTopic()
      partition.timestamp = -1
      partition.currentLeaderEpoch = -1
      (topic.name, topic.partitions) = ("t", [partition])
      request.topics = [topic]
    }
    try sweep.ask { OffsetForLeaderEpochRequest() } plausible: { _, request in
      var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
      (topic.topic, topic.partitions) = ("t", [OffsetForLeaderEpochRequest.OffsetForLeaderPartition()])
      request.topics = [topic]
    }
    try sweep.ask { DeleteRecordsRequest() } plausible: { _, request in
      var topic = DeleteRecordsRequest.DeleteRecordsTopic()
      (topic.name, topic.partitions) = ("t", [DeleteRecordsRequest.DeleteRecordsPartition()])
      request.topics = [topic]
      request.timeoutMs = 1_000
    }
    try sweep.askForGroups(topicID: id)
    try sweep.askForTransactions()
    try sweep.ask { WriteTxnMarkersRequest() } plausible: { _, request in
      var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic(), marker = WriteTxnMarkersRequest.WritableTxnMarker()
      (topic.name, topic.partitionIndexes) = ("t", [0, 1])
      (marker.producerId, marker.topics) = (5, [topic])
      request.markers = [marker]
    }
    try sweep.ask { DescribeConfigsRequest() } plausible: { version, request in
      request.resources = ([(2, "t"), (4, "1"), (4, ""), (8, "1"), (16, "m"), (32, "g")] as [(Int8, String)]).map { type, name in
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        (resource.resourceType, resource.resourceName, resource.configurationKeys) = (type, name, nil)
        return resource
      }
      request.includeSynonyms = true
      if version >= 3 { request.includeDocumentation = true }
    }
    try sweep.ask { AlterConfigsRequest() } plausible: { _, request in
      request.resources = ([(2, "t"), (4, "1"), (8, "1"), (16, "m"), (32, "g"), (3, "x")] as [(Int8, String)]).map { type, name in
        var resource = AlterConfigsRequest.AlterConfigsResource()
        (resource.resourceType, resource.resourceName) = (type, name)
        return resource
      }
    }
    try sweep.ask { IncrementalAlterConfigsRequest() } plausible: { _, request in
      request.resources = ([(2, "t"), (4, ""), (8, "1"), (16, "m"), (32, "g"), (3, "x")] as [(Int8, String)]).map { type, name in
        var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
        (resource.resourceType, resource.resourceName) = (type, name)
        return resource
      }
    }
    try sweep.ask { DescribeLogDirsRequest() } plausible: { _, request in
      var topic = DescribeLogDirsRequest.DescribableLogDirTopic()
      (topic.topic, topic.partitions) = ("t", [0])
      request.topics = [topic]
    }
    try sweep.ask { DescribeClusterRequest() } plausible: { _, request in request.includeClusterAuthorizedOperations = true }
    try sweep.ask { DescribeProducersRequest() } plausible: { _, request in
      var topic = DescribeProducersRequest.TopicRequest()
      (topic.name, topic.partitionIndexes) = ("t", [0, 1])
      request.topics = [topic]
    }
    try sweep.ask { ListConfigResourcesRequest() } plausible: { version, request in if version >= 1 { request.resourceTypes = [2, 4] } }
    try sweep.ask { DescribeTopicPartitionsRequest() } plausible: { _, request in
      var topic = DescribeTopicPartitionsRequest.TopicRequest()
      topic.name = "t"
      request.topics = [topic]
    }
    try sweep.askForControllers()
    #expect(sweep.missing == [], "no request is made for these")
  }

  @Test func `A controller answers every version of every API it offers`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t"), epoch = try #require(cluster.broker(cluster.node(1))).brokerEpoch.value
    var sweep = Sweep(cluster, cluster.controller, ControllerNode.apis)

    try sweep.ask { ApiVersionsRequest() }
    try sweep.ask { AlterConfigsRequest() } plausible: { _, request in
      var resource = AlterConfigsRequest.AlterConfigsResource()
      (resource.resourceType, resource.resourceName) = (2, "t")
      request.resources = [resource]
    }
    try sweep.ask { IncrementalAlterConfigsRequest() } plausible: { _, request in
      var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
      (resource.resourceType, resource.resourceName) = (2, "t")
      request.resources = [resource]
    }
    try sweep.ask { AlterPartitionRequest() } plausible: { _, request in
      var topic = AlterPartitionRequest.TopicData()
      (topic.topicId, topic.partitions) = (id, [AlterPartitionRequest.PartitionData()])
      (request.brokerId, request.brokerEpoch, request.topics) = (1, epoch, [topic])
    }
    try sweep.ask { AllocateProducerIdsRequest() } plausible: { _, request in (request.brokerId, request.brokerEpoch) = (1, epoch) }
    try sweep.ask { AssignReplicasToDirsRequest() } plausible: { _, request in (request.brokerId, request.brokerEpoch) = (1, epoch) }
    try sweep.ask { BrokerHeartbeatRequest() } plausible: { _, request in
      (request.brokerId, request.brokerEpoch, request.currentMetadataOffset) = (1, epoch, epoch)
    }
    try sweep.ask { BrokerRegistrationRequest() } plausible: { _, request in
      (request.brokerId, request.clusterId) = (7, TestCluster.clusterID)
    }
    try sweep.ask { ControllerRegistrationRequest() } plausible: { _, request in request.controllerId = TestCluster.controllerID.value }
    try sweep.ask {
      var envelope = EnvelopeRequest()
      envelope.requestData = try Frame.request(DescribeQuorumRequest(), version: 1, correlationID: 5, clientID: "within").joined
      return envelope
    }
    try sweep.ask { FetchRequest() }
    try sweep.ask { VoteRequest() }
    try sweep.ask { BeginQuorumEpochRequest() }
    try sweep.ask { EndQuorumEpochRequest() }
    try sweep.ask { FetchSnapshotRequest() } plausible: { _, request in
      var topic = FetchSnapshotRequest.TopicSnapshot()
      (topic.name, topic.partitions) = ("__cluster_metadata", [FetchSnapshotRequest.PartitionSnapshot()])
      request.topics = [topic]
    }
    try sweep.askForControllers()
    #expect(sweep.missing == [], "no request is made for these")
  }

  @Test func `A response that cannot be written is an error of that request alone`() throws {
    let options = WorldOptions()
    let world = World(seed: 1, options: options)
    let server = world.addNode(name: "server", id: 1, port: 9092) { UnwritableServer($0) }
    let client = world.addNode(name: "client") { ClientNode($0) }
    for node in world.nodes { world.start(node) }
    world.run(for: .milliseconds(1))
    let sender = (world.object(of: client) as! ClientNode).sender
    var answers: [ErrorCode] = []
    for version: Int16 in [1, 2, 0, 2] {
      sender.send(DescribeQuorumRequest(), version: version, to: world.address(of: server), timeout: .seconds(5)) { result in
        if case .success(let response) = result { answers.append(response.errorCode) }
      }
    }
    world.run(for: .seconds(1))
    #expect(answers == [.unknownServerError, .none, .unknownServerError, .none])
  }
}

/// Answers DescribeQuorum with what only version 2 can carry.
private final class UnwritableServer: Node {
  private let reactor: Reactor
  private var server: RequestServer!

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    server = RequestServer(reactor: reactor, apis: [OfferedApi(.describeQuorum, advertised: 0...2)]) { request in
      var response = DescribeQuorumResponse()
      response.nodes = [DescribeQuorumResponse.Node()]
      request.respond(response) {
        var refusal = DescribeQuorumResponse()
        refusal.errorCode = .unknownServerError
        return refusal
      }
    }
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
}

/// Asks one node with every version of what it offers, and keeps account of what was not asked.
private struct Sweep {
  private let cluster: TestCluster
  private let node: NodeIndex
  private let offered: [OfferedApi]
  private(set) var missing: [String]

  init(_ cluster: TestCluster, _ node: NodeIndex, _ offered: [OfferedApi]) {
    self.cluster = cluster
    self.node = node
    self.offered = offered
    missing = offered.map(\.key.name)
  }

  mutating func ask<Request: ApiRequest>(
    empty: () throws -> Request, plausible: (Int16, inout Request) -> Void = { _, _ in }
  ) throws {
    let api = try #require(offered.first { $0.key == Request.apiKey })
    missing.removeAll { $0 == api.key.name }
    for version in api.accepted {
      var request = try empty()
      try ask(request, version, "an empty \(api.key.name) of version \(version)")
      plausible(version, &request)
      try ask(request, version, "a plausible \(api.key.name) of version \(version)")
    }
  }

  private func ask<Request: ApiRequest>(_ request: Request, _ version: Int16, _ what: String) throws {
    if case .failure(let failure) = try cluster.result(node, request, version: version) { Issue.record("\(what): \(failure)") }
  }

  /// What a coordinator of groups answers. The first request makes its topic.
  mutating func askForGroups(topicID: Uuid) throws {
    try ask { FindCoordinatorRequest() } plausible: { version, request in
      (request.key, request.coordinatorKeys) = version >= 4 ? ("", ["g", "h"]) : ("g", [])
    }
    try ask { JoinGroupRequest() } plausible: { version, request in
      var choice = JoinGroupRequest.JoinGroupRequestProtocol()
      choice.name = "range"
      (request.groupId, request.protocolType, request.protocols) = ("g-\(version)", "consumer", [choice])
      (request.sessionTimeoutMs, request.rebalanceTimeoutMs) = (10_000, 5_000)
    }
    try ask { SyncGroupRequest() } plausible: { _, request in
      (request.groupId, request.memberId, request.protocolType, request.protocolName) = ("g", "nobody", "consumer", "range")
    }
    try ask { HeartbeatRequest() } plausible: { _, request in (request.groupId, request.memberId) = ("g", "nobody") }
    try ask { LeaveGroupRequest() } plausible: { version, request in
      var member = LeaveGroupRequest.MemberIdentity()
      member.memberId = "nobody"
      request.groupId = "g"
      if version >= 3 { request.members = [member] } else { request.memberId = "nobody" }
    }
    try ask { OffsetCommitRequest() } plausible: { _, request in
      var partition = OffsetCommitRequest.OffsetCommitRequestPartition(), topic = OffsetCommitRequest.OffsetCommitRequestTopic()
      partition.committedOffset = 1
      (topic.name, topic.topicId, topic.partitions) = ("t", topicID, [partition])
      (request.groupId, request.topics) = ("alone", [topic])
    }
    try ask { OffsetFetchRequest() } plausible: { version, request in
      if version >= 8 {
        var topic = OffsetFetchRequest.OffsetFetchRequestTopics(), group = OffsetFetchRequest.OffsetFetchRequestGroup()
        (topic.name, topic.topicId, topic.partitionIndexes) = ("t", topicID, [0])
        (group.groupId, group.topics) = ("alone", [topic])
        request.groups = [group]
      } else {
        var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
        (topic.name, topic.partitionIndexes) = ("t", [0])
        (request.groupId, request.topics) = ("alone", [topic])
      }
    }
    try ask { TxnOffsetCommitRequest() } plausible: { _, request in
      var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition(), topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
      partition.committedOffset = 1
      (topic.name, topic.partitions) = ("t", [partition])
      (request.transactionalId, request.groupId, request.producerId, request.topics) = ("x", "alone", 5, [topic])
    }
    try ask { OffsetDeleteRequest() } plausible: { _, request in
      var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
      (topic.name, topic.partitions) = ("t", [OffsetDeleteRequest.OffsetDeleteRequestPartition()])
      (request.groupId, request.topics) = ("alone", [topic])
    }
    try ask { ListGroupsRequest() } plausible: { version, request in
      if version >= 4 { request.statesFilter = ["Stable"] }
    }
    try ask { DescribeGroupsRequest() } plausible: { _, request in request.groups = ["g", "unknown"] }
    try ask { ConsumerGroupHeartbeatRequest() } plausible: { _, request in
      (request.groupId, request.memberId, request.rebalanceTimeoutMs) = ("k", "a", 10_000)
      (request.subscribedTopicNames, request.topicPartitions) = (["t"], [])
    }
    try ask { ConsumerGroupDescribeRequest() } plausible: { _, request in request.groupIds = ["k", "unknown"] }
    try ask { DeleteGroupsRequest() } plausible: { _, request in request.groupsNames = ["g", "unknown"] }
  }

  /// What a coordinator of transactions answers.
  mutating func askForTransactions() throws {
    _ = try cluster.coordinator(ofTransaction: "x")
    try ask { InitProducerIdRequest() } plausible: { _, request in (request.transactionalId, request.transactionTimeoutMs) = ("x", 60_000) }
    try ask { AddPartitionsToTxnRequest() } plausible: { version, request in
      if version < 4 {
        request = addPartitions([("t", [0])], to: "x", (0, 0))
      } else {
        request.transactions = [partitionsOfTransaction([("t", [0])], "x", (0, 0), verifyOnly: version > 4)]
      }
    }
    try ask { AddOffsetsToTxnRequest() } plausible: { _, request in (request.transactionalId, request.groupId) = ("x", "g") }
    try ask { EndTxnRequest() } plausible: { _, request in request = endTransaction("x", (0, 0), commits: true) }
    try ask { DescribeTransactionsRequest() } plausible: { _, request in request.transactionalIds = ["x", "unknown"] }
    try ask { ListTransactionsRequest() } plausible: { version, request in
      request.stateFilters = ["Ongoing", "Lost"]
      if version >= 2 { request.transactionalIdPattern = "x.*" }
    }
  }

  /// What a broker hands on, and the controller answers.
  mutating func askForControllers() throws {
    try ask { CreateTopicsRequest() } plausible: { version, request in
      var topic = CreateTopicsRequest.CreatableTopic()
      (topic.name, topic.numPartitions, topic.replicationFactor) = ("made-\(version)", 1, 1)
      request.topics = [topic]
    }
    try ask { DeleteTopicsRequest() } plausible: { version, request in
      if version >= 6 {
        var topic = DeleteTopicsRequest.DeleteTopicState()
        topic.name = "made-\(version)"
        request.topics = [topic]
      } else {
        request.topicNames = ["made-\(version)"]
      }
    }
    try ask { CreatePartitionsRequest() } plausible: { version, request in
      var topic = CreatePartitionsRequest.CreatePartitionsTopic()
      (topic.name, topic.count, topic.assignments) = ("t", 2 + Int32(version), nil)
      request.topics = [topic]
    }
    try ask { ElectLeadersRequest() } plausible: { _, request in
      var topic = ElectLeadersRequest.TopicPartitions()
      (topic.topic, topic.partitions) = ("t", [0, 99])
      request.topicPartitions = [topic]
    }
    try ask { AlterPartitionReassignmentsRequest() } plausible: { _, request in
      var partition = AlterPartitionReassignmentsRequest.ReassignablePartition(), topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
      partition.replicas = nil
      (topic.name, topic.partitions) = ("t", [partition])
      request.topics = [topic]
    }
    try ask { ListPartitionReassignmentsRequest() } plausible: { _, request in request.topics = nil }
    try ask { DescribeQuorumRequest() } plausible: { _, request in
      var topic = DescribeQuorumRequest.TopicData()
      (topic.topicName, topic.partitions) = ("__cluster_metadata", [DescribeQuorumRequest.PartitionData()])
      request.topics = [topic]
    }
    try ask { UpdateFeaturesRequest() } plausible: { _, request in
      var update = UpdateFeaturesRequest.FeatureUpdateKey()
      (update.feature, update.maxVersionLevel) = ("group.version", 1)
      request.featureUpdates = [update]
    }
    try ask { UnregisterBrokerRequest() } plausible: { _, request in request.brokerId = 99 }
  }
}
