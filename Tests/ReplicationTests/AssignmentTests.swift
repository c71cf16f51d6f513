import Host
import Primitives
import Replication
import Testing
import Wire

/// What newer metadata does to the replicas of a broker.
@Suite struct AssignmentTests {
  @Test func `States older than the known one are ignored`() {
    let cluster = ReplicaCluster.running()
    let old = cluster.state
    cluster.elect(2)
    cluster.publish()
    cluster.manager(1).apply([old])
    #expect(cluster.partition(1).role == .follower && cluster.partition(1).leaderID == 2)
    let count = cluster.occurrences.count
    cluster.publish()
    #expect(cluster.occurrences.count == count, "the same state again is no news")
  }

  @Test func `A recreated topic starts empty`() throws {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(3))
    let old = cluster.state.id
    cluster.state.topicID = Uuid(high: 2, low: 2)
    cluster.state.partitionEpoch = 0
    for broker: NodeID in [1, 2] { cluster.manager(broker).apply([cluster.state], deleted: [old], brokers: cluster.brokers) }
    #expect(cluster.manager(1).partition(old) == nil)
    cluster.produce("new", to: 1, acks: 1)
    cluster.world.start(cluster.index(3))
    cluster.run(.milliseconds(20))
    // What a broker that starts does with a log whose topic the metadata removes.
    try cluster.broker(3).logManager.delete(cluster.state.topicPartition, topicID: old.topic)
    cluster.publish(to: [3])
    cluster.run(.seconds(2))
    for broker: NodeID in [1, 2, 3] { #expect(cluster.log(broker) == ["new@0"], "broker \(broker)") }
  }

  @Test func `Deleting a partition answers waiting requests`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(2))
    let produced = cluster.produce("a", to: 1)
    let fetched = cluster.consume(from: 1, at: 0, maxWait: .seconds(5))
    cluster.manager(1).apply([], deleted: [cluster.state.id])
    #expect(produced.value?.error == .notLeaderOrFollower)
    #expect(fetched.value?.partition?.errorCode == .notLeaderOrFollower)
    #expect(cluster.manager(1).partitions.isEmpty)
  }

  @Test func `Without a leader a replica waits`() {
    let cluster = ReplicaCluster.running()
    cluster.elect(.none)
    cluster.publish()
    #expect(cluster.partition(1).role == .follower && cluster.partition(1).leaderID == .none)
    #expect(cluster.produce("a", to: 1).value?.error == .notLeaderOrFollower)
    cluster.elect(3)
    cluster.publish()
    cluster.run(.seconds(2))
    let answer = cluster.produce("a", to: 3)
    cluster.run(.milliseconds(50))
    #expect(answer.value?.error == ErrorCode.none)
  }

  @Test func `A replica taken from the ISR of a leaving broker stops replicating`() {
    let cluster = ReplicaCluster.running()
    cluster.manager(2).prepareControlledShutdown()
    cluster.commit(isr: [1, 3])
    cluster.publish()
    cluster.run(.milliseconds(600))
    let before = cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue)
    cluster.run(.seconds(5))
    #expect((9...11).contains(cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue) - before), "broker 3 alone")
  }

  @Test func `A follower of a returning leader continues within its backoff`() {
    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(1))
    cluster.run(.seconds(3))
    cluster.world.start(cluster.index(1))
    cluster.run(.milliseconds(20))
    cluster.elect(1)
    cluster.publish()
    cluster.run(.seconds(3))
    let answer = cluster.produce("b", to: 1)
    cluster.run(.milliseconds(50))
    #expect(answer.value?.error == ErrorCode.none && cluster.log(2) == ["a@0", "b@1"])
  }

  @Test func `The metadata is asked for assignments of partitions that are elsewhere`() {
    let cluster = ReplicaCluster(ReplicaCluster.Options())
    cluster.publish(to: [2, 3])
    let outcome = cluster.produce("a", to: 1).value
    #expect(outcome?.error == .notLeaderOrFollower && outcome?.currentLeader?.id == 1)
  }

  @Test func `A fetch by a broker that is not assigned is asked to retry`() {
    let cluster = ReplicaCluster.running()
    let stranger = cluster.consume(from: 1, at: 0) {
      $0.replicaState.replicaId = 9
      $0.topics[0].partitions[0].currentLeaderEpoch = 0
    }
    #expect(stranger.value?.partition?.errorCode == .unknownLeaderEpoch)
  }

  @Test func `The same schedule runs the same way`() {
    func run() -> UInt64 {
      let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
      for round in 0..<20 {
        cluster.produce("r\(round)", to: cluster.state.leader)
        if round % 5 == 4 {
          cluster.elect(NodeID(Int32(round / 5 % 3) + 1))
          cluster.publish()
        }
        cluster.run(.milliseconds(300))
      }
      #expect(cluster.log(1) == cluster.log(2) && cluster.log(2) == cluster.log(3))
      return cluster.world.traceHash
    }
    #expect(run() == run())
  }
}
