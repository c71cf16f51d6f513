import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Controller

@Suite struct FailoverTests {
  @Test func `Another controller takes over with the same metadata`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 2)
    let former = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    let topics = try #require(cluster.active).image.topics
    cluster.world.powerLoss(former, unsynced: .dropped)
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(10)) { cluster.active != nil })
    #expect(try #require(cluster.active).image.topics == topics)
    cluster.run(3000)
    #expect(cluster.createTopic("u")?.topics[0].errorCode == ErrorCode.none)
    cluster.world.start(former)
    cluster.run(5000)
    for controller in 0..<3 { #expect(cluster.controller(controller).image.topics.count == 2) }
  }

  /// KAFKA-18138 (K9): a broker that dies together with the active controller is found out by the next one.
  @Test func `A broker that dies together with the controller is fenced`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 3)
    let former = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    cluster.world.kill(former)
    cluster.world.kill(cluster.brokers[1])
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(25)) { cluster.active?.image.isActive(2) == false })
    for partition in try #require(cluster.active).image.topic(named: "t")!.partitions { #expect(partition.leader != 2 && partition.leader != .none) }
  }

  /// A request that a controller could not commit is not answered as if it had been.
  @Test func `A controller without a quorum acknowledges nothing`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1)
    #expect(cluster.settle())
    let active = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    for controller in cluster.controllers where controller != active { cluster.world.kill(controller) }
    let answer = cluster.createTopic("t", replicationFactor: 1)
    #expect(answer?.topics[0].errorCode != ErrorCode.none)
    #expect((cluster.world.object(of: active) as? ControllerNode)?.image.topic(named: "t") == nil)
  }

  /// Decisions go on from what was appended; whoever asks is told what is committed (`QuorumController` reads at its last stable offset).
  @Test func `An uncommitted move is not listed`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 4)
    #expect(cluster.settle())
    _ = cluster.createTopic("t")
    let active = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    for controller in cluster.controllers where controller != active { cluster.world.kill(controller) }
    let former = try #require(cluster.active?.image.topic(named: "t")?[0]?.replicas)
    var wanted = AlterPartitionReassignmentsRequest.ReassignablePartition()
    wanted.replicas = (1...4).filter { !former.contains(NodeID($0)) } + former.dropLast().map(\.value)
    var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
    (topic.name, topic.partitions) = ("t", [wanted])
    var request = AlterPartitionReassignmentsRequest()
    request.topics = [topic]
    cluster.broker(1).send(request) { _ in }
    cluster.run(50)
    #expect(cluster.active?.state?.image.topic(named: "t")?[0]?.isReassigning == true)
    var list = ListPartitionReassignmentsRequest()
    list.topics = nil
    let listed = try #require(cluster.answer(to: list, by: 2))
    #expect(listed.errorCode == .none && listed.topics.isEmpty)
  }

  /// The mutation that answers at append (K9): the topic was acknowledged and is nowhere.
  @Test func `Answering before the commit loses acknowledged changes`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1) { $0.switches.replyAfterCommit = false }
    #expect(cluster.settle())
    let active = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    for controller in cluster.controllers where controller != active { cluster.world.kill(controller) }
    #expect(cluster.createTopic("t", replicationFactor: 1)?.topics[0].errorCode == ErrorCode.none)
    cluster.world.kill(active)
    for controller in cluster.controllers where controller != active { cluster.world.start(controller) }
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
    #expect(try #require(cluster.active).image.topic(named: "t") == nil)
  }

  // MARK: In the middle of something

  private func activeIndex(_ cluster: SimulatedCluster) throws -> NodeIndex {
    try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
  }

  /// Takes the active controller its majority: what it decides from now on is not committed.
  private func leaveAlone(_ active: NodeIndex, in cluster: SimulatedCluster) {
    for controller in cluster.controllers where controller != active { cluster.world.kill(controller) }
  }

  /// The others come back without the active controller, and one of them takes over.
  private func replace(_ active: NodeIndex, in cluster: SimulatedCluster) throws -> ControllerNode {
    cluster.world.kill(active)
    for controller in cluster.controllers where controller != active { cluster.world.start(controller) }
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
    return try #require(cluster.active)
  }

  @Test func `A broker that was being registered is registered by the next controller`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    let former = try #require(cluster.active?.image.broker(3))
    cluster.world.kill(cluster.brokers[2])
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active?.image.isActive(3) == false })
    let active = try activeIndex(cluster), node = try #require(cluster.active)
    leaveAlone(active, in: cluster)
    cluster.world.start(cluster.brokers[2])
    cluster.run(500)
    #expect(node.state?.image.broker(3)?.incarnationID != former.incarnationID && node.image.broker(3)?.incarnationID == former.incarnationID)
    let next = try replace(active, in: cluster)
    #expect(next.image.broker(3)?.incarnationID == former.incarnationID)
    #expect(cluster.settle())
    let registered = try #require(cluster.active?.image.broker(3))
    #expect(registered.incarnationID != former.incarnationID && registered.epoch > former.epoch)
    #expect(cluster.active?.image.brokers.count == 3)
  }

  /// Sessions are not in the log: a new controller cannot know when a broker was last heard from (KAFKA-18138).
  @Test func `A new controller gives each broker a full session`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3)
    #expect(cluster.settle())
    cluster.world.kill(cluster.brokers[1])
    // At least a second is left of its session.
    cluster.run(6_000)
    #expect(cluster.active?.image.isActive(2) == true)
    let active = try activeIndex(cluster)
    cluster.world.kill(active)
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
    cluster.run(8_900)
    #expect(cluster.active?.image.isActive(2) == true)
    cluster.run(300)
    #expect(cluster.active?.image.isActive(2) == false)
    for broker: NodeID in [1, 3] { #expect(cluster.active?.image.isActive(broker) == true) }
  }

  @Test func `A broker that was being fenced is fenced by the next controller, after another session`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3) { $0.brokerSessionTimeout = .milliseconds(2_200) }
    #expect(cluster.settle())
    let active = try activeIndex(cluster), node = try #require(cluster.active)
    cluster.world.kill(cluster.brokers[1])
    leaveAlone(active, in: cluster)
    // The session ends before the controller finds out that it is alone.
    #expect(cluster.world.runUntil(cluster.world.now + .milliseconds(2_400)) { node.state?.image.isActive(2) == false })
    #expect(node.image.isActive(2))
    let next = try replace(active, in: cluster)
    #expect(next.image.isActive(2))
    cluster.run(2_700)
    #expect(cluster.active?.image.isActive(2) == false)
  }

  @Test(arguments: [true, false]) func `A reassignment goes on under the next controller if it was committed`(isCommitted: Bool) throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 4)
    #expect(cluster.settle())
    _ = cluster.createTopic("t")
    let active = try activeIndex(cluster)
    let before = try #require(cluster.active?.image.topic(named: "t")?[0])
    let added = try #require((1...4).map { NodeID($0) }.first { !before.replicas.contains($0) })
    let target = Array(before.replicas.dropLast()) + [added]
    let request = AlterPartitionReassignmentsRequest { request in
      request.topics = [
        AlterPartitionReassignmentsRequest.ReassignableTopic { topic in
          topic.name = "t"
          topic.partitions = [AlterPartitionReassignmentsRequest.ReassignablePartition { $0.replicas = target.map(\.value) }]
        }
      ]
    }
    if isCommitted { #expect(cluster.answer(to: request)?.responses[0].partitions[0].errorCode == ErrorCode.none) }
    leaveAlone(active, in: cluster)
    if !isCommitted {
      cluster.broker(1).send(request) { _ in }
      cluster.run(100)
      #expect(cluster.active?.state?.image.topic(named: "t")?[0]?.isReassigning == true)
    }
    let next = try replace(active, in: cluster)
    let partition = try #require(next.image.topic(named: "t")?[0])
    guard isCommitted else {
      #expect(partition == before)
      return
    }
    #expect(partition.isReassigning && partition.addingReplicas == [added])
    // The leader tells the new controller that the added replica has caught up.
    let leader = try #require(next.image.broker(partition.leader))
    let members = try (partition.isr + [added]).map { id in try #require(next.image.broker(id)) }
    let proposal = AlterPartitionRequest { request in
      (request.brokerId, request.brokerEpoch) = (leader.id.value, leader.epoch.value)
      request.topics = [
        AlterPartitionRequest.TopicData { topic in
          topic.topicId = next.image.topicID(named: "t")!
          topic.partitions = [
            AlterPartitionRequest.PartitionData { wanted in
              (wanted.leaderEpoch, wanted.partitionEpoch) = (partition.leaderEpoch.value, partition.partitionEpoch.value)
              wanted.newIsrWithEpochs = members.map { member in
                AlterPartitionRequest.BrokerState { ($0.brokerId, $0.brokerEpoch) = (member.id.value, member.epoch.value) }
              }
            }
          ]
        }
      ]
    }
    cluster.run(1_000)
    #expect(cluster.answer(to: proposal)?.errorCode == ErrorCode.none)
    let moved = try #require(cluster.active?.image.topic(named: "t")?[0])
    #expect(!moved.isReassigning && moved.replicas == target)
  }

  @Test(arguments: [true, false]) func `A feature level outlives its controller if it was committed`(isCommitted: Bool) throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3) { $0.bootstrapFeatures[FeatureName.metadataVersion] = 29 }
    #expect(cluster.settle())
    let active = try activeIndex(cluster)
    let request = UpdateFeaturesRequest { request in
      request.featureUpdates = [UpdateFeaturesRequest.FeatureUpdateKey { ($0.feature, $0.maxVersionLevel, $0.upgradeType) = ("metadata.version", 30, 1) }]
    }
    if isCommitted { #expect(cluster.answer(to: request)?.errorCode == ErrorCode.none) }
    leaveAlone(active, in: cluster)
    if !isCommitted {
      cluster.broker(1).send(request) { _ in }
      cluster.run(100)
      #expect(cluster.active?.state?.image.features.metadataVersion == 30)
    }
    let next = try replace(active, in: cluster)
    #expect(next.image.features.metadataVersion == (isCommitted ? 30 : 29))
    // Asked again, it gets there in any case, at every broker.
    cluster.run(1_000)
    #expect(cluster.answer(to: request)?.errorCode == ErrorCode.none)
    cluster.run(1_000)
    for broker in 1...3 { #expect(cluster.broker(broker).image.features.metadataVersion == 30) }
  }

  @Test func `Blocks of producer ids follow each other under one controller after the other`() throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1)
    #expect(cluster.settle())
    var starts: [Int64] = []
    for _ in 0..<4 {
      let active = try activeIndex(cluster)
      var request = AllocateProducerIdsRequest()
      (request.brokerId, request.brokerEpoch) = (1, try #require(cluster.active?.image.broker(1)).epoch.value)
      for _ in 0..<5 {
        guard let block = cluster.answer(to: request), block.errorCode == .none else { continue }
        starts.append(block.producerIdStart)
        break
      }
      cluster.world.kill(active)
      #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
      cluster.world.start(active)
      cluster.run(3_000)
    }
    #expect(starts == [0, 1_000, 2_000, 3_000])
  }

  /// P7: a block of producer ids that was granted before the record of it was committed is granted again.
  @Test(arguments: [true, false]) func `Producer ids that are granted before the commit are granted twice`(waits: Bool) throws {
    let cluster = SimulatedCluster(controllers: 3, brokers: 1) { $0.switches.replyAfterProducerIDsCommit = waits }
    #expect(cluster.settle())
    func block() throws -> Int64? {
      var request = AllocateProducerIdsRequest()
      request.brokerId = 1
      request.brokerEpoch = try #require(cluster.active?.image.broker(1)).epoch.value
      return cluster.answer(to: request).flatMap { $0.errorCode == .none ? $0.producerIdStart : nil }
    }
    let active = try #require(cluster.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.state != nil })
    for controller in cluster.controllers where controller != active { cluster.world.kill(controller) }
    let first = try block()
    #expect((first != nil) == !waits)
    cluster.world.kill(active)
    for controller in cluster.controllers where controller != active { cluster.world.start(controller) }
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(15)) { cluster.active != nil })
    // The broker has to find the new controller first.
    var second: Int64?
    for _ in 0..<5 where second == nil { second = try block() }
    #expect(second != nil)
    if let first { #expect(second == first) }
  }
}
