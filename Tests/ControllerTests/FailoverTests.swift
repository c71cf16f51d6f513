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
