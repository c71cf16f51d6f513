import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Controller

@Suite struct ControllerNodeTests {
  @Test func `Brokers register and are unfenced`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    #expect(cluster.controller().image.brokers.map(\.id) == [1, 2, 3])
    #expect(cluster.controller().image.features == .bootstrap)
    let unfenced = cluster.story.occurrences.compactMap { occurrence -> NodeID? in
      if case .brokerUnfenced(let id) = occurrence { return id }
      return nil
    }
    #expect(unfenced.sorted() == [1, 2, 3])
  }

  @Test func `Whatever is answered is committed and reaches every broker`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    #expect(cluster.createTopic("t", partitions: 3)?.topics[0].errorCode == ErrorCode.none)
    #expect(cluster.controller().image.topic(named: "t")?.partitions.count == 3)
    cluster.run(50)
    for broker in 1...3 { #expect(cluster.broker(broker).image == cluster.controller().image) }
    #expect(cluster.controller().state?.image.topics == cluster.controller().image.topics)
  }

  @Test func `A dead broker is fenced after its session, and its leaders move`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 3)
    cluster.world.kill(cluster.brokers[0])
    cluster.run(6000)
    #expect(cluster.controller().image.isActive(1))
    cluster.run(4000)
    #expect(!cluster.controller().image.isActive(1))
    for partition in cluster.controller().image.topic(named: "t")!.partitions {
      #expect(partition.leader != 1)
      #expect(partition.isr.count == 2)
    }
    #expect(cluster.story.occurrences.contains { if case .brokerFenced(1, reason: .sessionExpired) = $0 { true } else { false } })
    #expect(cluster.story.occurrences.contains { if case .leaderElected(_, _, 1, _, .clean) = $0 { true } else { false } })
    cluster.world.start(cluster.brokers[0])
    #expect(cluster.settle())
  }

  @Test func `A broker stops cleanly when its leaders have moved`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 3)
    cluster.world.shutdown(cluster.brokers[1])
    cluster.run(8000)
    #expect(!cluster.world.isRunning(cluster.brokers[1]))
    #expect(!cluster.controller().image.isActive(2))
    for partition in cluster.controller().image.topic(named: "t")!.partitions { #expect(!partition.isr.contains(2)) }
    #expect(cluster.story.occurrences.contains { if case .brokerFenced(2, reason: .controlledShutdown) = $0 { true } else { false } })
  }

  @Test func `A restarted controller knows the cluster and does not fence any broker immediately`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t")
    let before = cluster.controller().image.topics
    cluster.world.powerLoss(cluster.controllers[0], unsynced: .dropped)
    cluster.run(500)
    cluster.world.start(cluster.controllers[0])
    cluster.run(8000)
    #expect(cluster.controller().image.topics == before)
    #expect(cluster.controller().image.brokers.count(where: \.isActive) == 3)
    #expect(cluster.createTopic("u")?.topics[0].errorCode == ErrorCode.none)
  }

  @Test func `An envelope is opened and its response wrapped`() throws {
    let cluster = SimulatedCluster(brokers: 1)
    #expect(cluster.settle())
    var inner = CreateTopicsRequest()
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = ("t", 1, 1)
    inner.topics = [topic]
    var envelope = EnvelopeRequest()
    envelope.requestData = try Frame.request(inner, version: 7, correlationID: 42, clientID: "client").joined
    let answer = try #require(cluster.answer(to: envelope))
    #expect(answer.errorCode == ErrorCode.none)
    let (correlationID, response) = try CreateTopicsResponse.decodeResponse(Frame(try #require(answer.responseData)), version: 7)
    #expect(correlationID == 42)
    #expect(response.topics[0].errorCode == ErrorCode.none)
    #expect(cluster.controller().image.topic(named: "t") != nil)
  }

  /// A broker that gets this looks for another controller. Inside of the envelope the error would be its client's.
  @Test func `An envelope for a controller that is not active says so itself`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1)
    #expect(cluster.settle())
    let standby = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state == nil })
    var answers: [EnvelopeResponse] = []
    for request in [
      try Frame.request(ElectLeadersRequest(), version: 2, correlationID: 1, clientID: "client"),
      try Frame.request(Self.describeMetadataQuorum, version: 2, correlationID: 2, clientID: "client"),
    ] {
      let envelope = EnvelopeRequest { $0.requestData = request.joined }
      cluster.broker(1).sender.send(envelope, to: cluster.world.address(of: standby), timeout: .seconds(5)) { result in
        if case .success(let answer) = result { answers.append(answer) }
      }
    }
    cluster.run(1_000)
    #expect(answers.map(\.errorCode) == [.notController, .notController] && answers.allSatisfy { $0.responseData == nil })
  }

  private static let describeMetadataQuorum = DescribeQuorumRequest { request in
    request.topics = [
      DescribeQuorumRequest.TopicData { topic in
        (topic.topicName, topic.partitions) = ("__cluster_metadata", [DescribeQuorumRequest.PartitionData { $0.partitionIndex = 0 }])
      }
    ]
  }

  @Test func `Each controller answers what it knows of the quorum`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1)
    #expect(cluster.settle())
    for controller in cluster.controllers {
      var answer: DescribeQuorumResponse?
      cluster.broker(1).sender.send(Self.describeMetadataQuorum, to: cluster.world.address(of: controller), timeout: .seconds(5)) { result in
        if case .success(let response) = result { answer = response }
      }
      cluster.run(1_000)
      let isActive = (cluster.world.object(of: controller) as? ControllerNode)?.state != nil
      let described = try #require(answer)
      #expect(described.errorCode == .none && described.topics[0].partitions[0].errorCode == (isActive ? .none : .notLeaderOrFollower))
      #expect(DescribeQuorumRequest.isFromInactiveController(described) == !isActive)
      #expect(described.nodes.count == (isActive ? 3 : 0))
    }
  }

  @Test func `An idle cluster costs few messages`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    cluster.run(2000)
    let frames = cluster.world.statistics.framesDelivered, events = cluster.world.statistics.events
    cluster.run(10_000)
    // Each broker: two fetches and half a heartbeat a second, and their answers.
    #expect(cluster.world.statistics.framesDelivered - frames <= 170)
    #expect(cluster.world.statistics.events - events <= 400)
  }

  @Test func `The same seed gives the same run`() {
    func run() -> UInt64 {
      let cluster = SimulatedCluster(brokers: 3, seed: 7)
      _ = cluster.settle()
      _ = cluster.createTopic("t", partitions: 5)
      cluster.world.kill(cluster.brokers[2])
      cluster.run(12_000)
      return cluster.world.traceHash
    }
    #expect(run() == run())
  }
}
