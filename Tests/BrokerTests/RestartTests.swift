import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

@Suite struct RestartTests {
  /// Kills, shutdowns, power losses and isolations of one node at a time; whatever was acknowledged by a minimum of two replicas stays.
  @Test(arguments: [UInt64(1), 18, 61, 62]) func `Acknowledged records survive what happens to one node at a time`(seed: UInt64) throws {
    let cluster = try TestCluster(seed: seed, settings: [("min.insync.replicas", "2"), ("log.flush.interval.messages", "1")])
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2"), ("flush.messages", "1")])
    let id = try cluster.topicID("t")
    var random = RandomStream(seed: seed, purpose: "schedule")
    var acknowledged: [String] = []
    for round in 0..<12 {
      let victim = random.pick(cluster.brokers + [cluster.controller])
      switch random.below(4) {
      case 0: cluster.world.kill(victim)
      case 1: cluster.world.shutdown(victim)
      case 2: cluster.world.powerLoss(victim)
      default: cluster.world.apply(.isolate([victim]), name: "isolation-\(round)")
      }
      for attempt in 0..<20 {
        let leader = cluster.leader(of: TopicPartition("t", 0)) ?? .none
        let node = leader == .none ? cluster.node(1) : cluster.node(leader.value)
        let value = "\(round)-\(attempt)"
        let answer = try cluster.result(node, produce("t", id, batch([value]), timeout: 1000), within: .seconds(2))
        if case .success(let response) = answer, response.only.errorCode == .none { acknowledged.append(value) }
      }
      cluster.world.healNetwork()
      for node in cluster.brokers + [cluster.controller] { cluster.world.start(node) }
      cluster.world.run(for: .seconds(15))
    }
    // One that was asked to end may have gone only now.
    for node in cluster.brokers + [cluster.controller] { cluster.world.start(node) }
    let isWhole = cluster.world.runUntil(cluster.world.now + .seconds(120)) {
      cluster.brokers.allSatisfy { cluster.broker($0)?.state == .running }
        && cluster.brokers.contains { cluster.broker($0)?.replicaManager?.partition(named: TopicPartition("t", 0))?.isr.count == 3 }
    }
    #expect(isWhole, "\(cluster.notes)")
    let leader = try #require(cluster.leader(of: TopicPartition("t", 0)))
    let stored = Set(try cluster.ask(cluster.node(leader.value), fetch("t", id)).values)
    #expect(acknowledged.count > 100)
    #expect(acknowledged.filter { !stored.contains($0) } == [])
    #expect(Set((1...3).map { cluster.replica(Int32($0), "t")?.logEndOffset }).count == 1)
  }
}
