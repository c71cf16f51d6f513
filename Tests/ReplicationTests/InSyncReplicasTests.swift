import Host
import MarkExpectations
import Primitives
import Replication
import Testing
import Wire

@Suite struct InSyncReplicasTests {
  private func proposals(of broker: NodeID, in cluster: ReplicaCluster) -> [[NodeID]] {
    cluster.occurrences.compactMap { if case (broker, .isrProposed(_, let isr)) = $0 { isr } else { nil } }
  }

  // MARK: Expanding

  @Test func `A replica that has caught up is proposed and joins`() {
    let cluster = ReplicaCluster(ReplicaCluster.Options { $0.acceptsProposals = true })
    cluster.state.isr = [1, 2]
    cluster.publish()
    cluster.run(.milliseconds(50))
    #expect(proposals(of: 1, in: cluster) == [[1, 2, 3]])
    #expect(cluster.partition(1).isr == [1, 2, 3] && cluster.partition(1).inSyncReplicas.proposal == nil)
  }

  /// KAFKA-7128: the new leader's high watermark lags, and an empty replica asks it for its first record.
  private func followANewLeaderFromNothing(requiringEpochStart: Bool) -> ReplicaCluster {
    let cluster = ReplicaCluster(
      ReplicaCluster.Options {
        $0.log.minInsyncReplicas = 2
        $0.switches.requireLeaderEpochStartOffset = requiringEpochStart
      })
    cluster.state.isr = [1, 2]
    cluster.hold(.request, from: 3, to: 1)
    cluster.hold(.response, from: 2, to: 3)
    cluster.publish()
    cluster.run(.milliseconds(10))
    let acknowledged = cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(10))
    #expect(acknowledged.value?.error == ErrorCode.none && cluster.partition(2).highWatermark == 0)
    cluster.elect(2, isr: [2])
    cluster.publish(to: [2, 3])
    cluster.run(.milliseconds(50))
    return cluster
  }

  @Test func `A replica must have reached the start of the leader's epoch`() {
    #expect(proposals(of: 2, in: followANewLeaderFromNothing(requiringEpochStart: true)) == [])
    #expect(proposals(of: 2, in: followANewLeaderFromNothing(requiringEpochStart: false)) == [[2, 3]])
  }

  /// KIP-841: a broker that shuts down is taken from the ISR and goes on fetching for a while.
  @Test func `A broker that shuts down does not come back into the ISR`() {
    for rejects in [true, false] {
      let cluster = ReplicaCluster(ReplicaCluster.Options { $0.switches.rejectFencedInISR = rejects })
      cluster.state.isr = [1, 3]
      cluster.shuttingDown = [2]
      cluster.publish()
      cluster.run(.milliseconds(50))
      #expect(proposals(of: 1, in: cluster) == (rejects ? [] : [[1, 3, 2]]))
    }
  }

  @Test func `An earlier life of a broker does not join`() {
    let cluster = ReplicaCluster()
    cluster.state.isr = [1, 2]
    cluster.manager(3).brokerEpoch = 50
    cluster.publish()
    cluster.run(.milliseconds(50))
    #expect(proposals(of: 1, in: cluster) == [], "the metadata knows a later registration of broker 3 (KIP-903)")
    cluster.manager(3).brokerEpoch = cluster.brokerEpoch(of: 3)
    cluster.run(.seconds(1))
    #expect(proposals(of: 1, in: cluster) == [[1, 2, 3]])
  }

  @Test func `A proposal contains the lives of its replicas`() throws {
    let cluster = ReplicaCluster()
    cluster.state.isr = [1, 2]
    cluster.publish()
    cluster.run(.milliseconds(50))
    let asked = try #require(cluster.broker(1).proposals.first?.request)
    #expect(asked.brokerId == 1 && asked.brokerEpoch == 101)
    #expect(asked.topics[0].partitions[0].newIsrWithEpochs.map(\.brokerId) == [1, 2, 3])
    #expect(asked.topics[0].partitions[0].newIsrWithEpochs.map(\.brokerEpoch) == [101, 102, 103])
  }

  @Test func `What a replica had before it was added again does not count`() {
    for resets in [true, false] {
      let cluster = ReplicaCluster.running { $0.switches.resetFollowersOnNewEpoch = resets }
      cluster.produce("a", to: 1)
      cluster.run(.milliseconds(20))
      cluster.hold(.request, from: 3, to: 1)
      cluster.elect(1, isr: [1, 2])
      cluster.publish(to: [1])
      #expect(cluster.partition(1).follower(3)?.logEndOffset == (resets ? .unknown : 1))
    }
  }

  // MARK: Maximal ISR

  /// KIP-497: the controller has committed the larger ISR, and the leader does not know yet.
  private func appendWhileAProposalIsOpen(maximal: Bool) -> (ReplicaCluster, Answer<AppendOutcome>) {
    let cluster = ReplicaCluster(ReplicaCluster.Options { $0.switches.leaderUsesMaximalISR = maximal })
    cluster.state.isr = [1, 2]
    cluster.publish()
    cluster.run(.milliseconds(50))
    cluster.hold(.request, from: 3, to: 1)
    cluster.run(.seconds(32))
    let answer = cluster.produce("a", to: 1)
    cluster.run(.milliseconds(50))
    return (cluster, answer)
  }

  @Test func `A leader waits for replicas that may be in the ISR`() {
    let (cluster, answer) = appendWhileAProposalIsOpen(maximal: true)
    #expect(cluster.partition(1).maximalISR == [1, 2, 3] && cluster.partition(1).isr == [1, 2])
    #expect(answer.value == nil && cluster.partition(1).highWatermark == 0)
    let (_, tooEarly) = appendWhileAProposalIsOpen(maximal: false)
    #expect(tooEarly.value?.error == ErrorCode.none, "broker 3 may be elected, and has nothing")
  }

  // MARK: Shrinking

  @Test func `A replica that lags is removed after its time`() {
    let cluster = ReplicaCluster.running { $0.acceptsProposals = true }
    cluster.world.kill(cluster.index(3))
    let answer = cluster.produce("a", to: 1)
    cluster.run(.seconds(29))
    #expect(answer.value == nil && cluster.partition(1).isr == [1, 2, 3])
    cluster.run(.seconds(17))
    #expect(proposals(of: 1, in: cluster) == [[1, 2]] && cluster.partition(1).isr == [1, 2])
    #expect(cluster.partition(1).highWatermark == 1)
  }

  @Test func `A replica that is idle but has caught up stays`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(3))
    cluster.run(.seconds(60))
    #expect(proposals(of: 1, in: cluster) == [])
  }

  // MARK: Answers of the controller

  @Test func `A proposal that was certainly not applied is withdrawn`() {
    for error: ErrorCode in [.ineligibleReplica, .operationNotAttempted] {
      let cluster = ReplicaCluster()
      cluster.state.isr = [1, 2]
      cluster.publish()
      cluster.run(.milliseconds(5))
      expectMark(.isrProposalWithdrawn) { cluster.refuse(at: 1, error) }
      #expect(cluster.partition(1).inSyncReplicas.proposal == nil && cluster.partition(1).maximalISR == [1, 2])
    }
  }

  @Test func `A proposal with an unknown outcome stays until the metadata comes`() {
    for error: ErrorCode in [.fencedLeaderEpoch, .invalidUpdateVersion, .newLeaderElected, .unknownTopicId, .invalidRequest] {
      let cluster = ReplicaCluster()
      cluster.state.isr = [1, 2]
      cluster.publish()
      cluster.run(.milliseconds(5))
      cluster.refuse(at: 1, error)
      cluster.run(.seconds(1))
      #expect(cluster.partition(1).maximalISR == [1, 2, 3], "\(error.name)")
      #expect(cluster.broker(1).proposals.isEmpty, "it is not asked again")
      cluster.commit(isr: [1, 2])
      cluster.publish()
      #expect(cluster.partition(1).inSyncReplicas.proposal == nil)
    }
  }

  @Test func `A proposal without an answer is repeated`() {
    let cluster = ReplicaCluster()
    cluster.state.isr = [1, 2]
    cluster.publish()
    cluster.run(.milliseconds(5))
    cluster.broker(1).takeProposal()?.answer(.failure(.timedOut))
    #expect(cluster.broker(1).proposals.isEmpty)
    cluster.run(.milliseconds(60))
    cluster.refuse(at: 1, .unknownServerError)
    cluster.run(.milliseconds(60))
    cluster.accept(at: 1)
    #expect(cluster.partition(1).isr == [1, 2, 3])
  }

  @Test func `A response of an earlier epoch changes nothing`() {
    let cluster = ReplicaCluster()
    cluster.state.isr = [1, 2]
    cluster.publish()
    cluster.run(.milliseconds(5))
    let proposal = cluster.broker(1).takeProposal()
    cluster.elect(1, isr: [1])
    cluster.publish()
    let present = cluster.partition(1).isr
    proposal?.answer(.success(AlterPartitionResponse()))
    #expect(cluster.partition(1).isr == present && present == [1])
  }
}
