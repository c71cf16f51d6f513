import Host
import Primitives
import Replication
import Testing
import Wire

@Suite struct ReplicationTests {
  @Test func `An append is acknowledged when every in-sync replica has it`() {
    let cluster = ReplicaCluster.running()
    let answer = cluster.produce("a", "b", to: 1)
    #expect(answer.value == nil, "followers have not fetched it yet")
    cluster.run(.milliseconds(20))
    #expect(answer.value?.error == ErrorCode.none && answer.value?.baseOffset == 0)
    // Followers hear of the high watermark when the fetch that they wait with ends.
    cluster.run(.milliseconds(600))
    for broker: NodeID in [1, 2, 3] {
      #expect(cluster.log(broker) == ["a@0", "b@0"])
      #expect(cluster.partition(broker).highWatermark == 2)
    }
    #expect(answer.count == 1)
  }

  @Test func `With acks=1 the leader alone answers`() {
    let cluster = ReplicaCluster.running()
    #expect(cluster.produce("a", to: 1, acks: 1).value?.baseOffset == 0)
    #expect(cluster.partition(1).highWatermark == 0)
  }

  @Test func `A batch is stamped with the leader epoch and the next offset`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1, acks: 1)
    cluster.run(.milliseconds(20))
    cluster.elect(2)
    cluster.publish()
    #expect(cluster.produce("b", to: 2, acks: 1).value?.baseOffset == 1)
    cluster.run(.seconds(2))
    #expect(cluster.log(1) == ["a@0", "b@1"] && cluster.log(3) == ["a@0", "b@1"])
  }

  @Test func `A replica that does not lead names the leader`() {
    let cluster = ReplicaCluster.running()
    let outcome = cluster.produce("a", to: 2).value
    #expect(outcome?.error == .notLeaderOrFollower && outcome?.currentLeader?.id == 1 && outcome?.currentLeader?.epoch == 0)
    let fetched = cluster.consume(from: 2, at: 0, version: 18) { $0.topics[0].partitions[0].currentLeaderEpoch = 5 }.value?.partition
    #expect(fetched?.errorCode == .unknownLeaderEpoch)
  }

  @Test func `A follower learns of the high watermark without waiting for records`() {
    let told = ReplicaCluster.running { $0.switches.answerFollowerBehindHighWatermark = true }
    told.produce("a", to: 1)
    told.run(.milliseconds(20))
    #expect(told.partition(2).highWatermark == 1, "KIP-1166")

    let untold = ReplicaCluster.running()
    untold.produce("a", to: 1)
    untold.run(.milliseconds(20))
    // The first of the two fetches is answered before the other has moved the high watermark.
    #expect([NodeID(2), 3].contains { untold.partition($0).highWatermark == 0 })
    untold.run(.milliseconds(600))
    #expect(untold.partition(2).highWatermark == 1 && untold.partition(3).highWatermark == 1)
  }

  @Test func `An idle cluster fetches twice a second`() {
    let cluster = ReplicaCluster.running()
    let before = cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue)
    cluster.run(.seconds(10))
    let fetches = cluster.world.statistics.requests(ofApi: ApiKey.fetch.rawValue) - before
    #expect((38...41).contains(fetches), "two followers, one fetch in flight for 500 ms: \(fetches)")
  }
}
