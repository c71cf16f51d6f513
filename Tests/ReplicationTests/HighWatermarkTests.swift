import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

@Suite struct HighWatermarkTests {
  // MARK: min.insync.replicas

  @Test func `An append is refused while the ISR is too small`() {
    let cluster = ReplicaCluster(ReplicaCluster.Options { $0.log.minInsyncReplicas = 2 })
    cluster.state.isr = [1]
    cluster.publish(to: [1])
    #expect(cluster.produce("a", to: 1).value?.error == .notEnoughReplicas)
    #expect(cluster.produce("a", to: 1, acks: 1).value?.error == ErrorCode.none)
    #expect(cluster.log(1) == ["a@0"])
  }

  @Test func `The ISR may shrink while an append waits`() {
    let cluster = ReplicaCluster.running {
      $0.log.minInsyncReplicas = 2
      $0.switches.highWatermarkNeedsMinimumISR = false
    }
    cluster.hold(.request, from: 2, to: 1)
    cluster.hold(.request, from: 3, to: 1)
    cluster.run(.milliseconds(600))
    let answer = cluster.produce("a", to: 1)
    cluster.fenced = [2, 3]
    cluster.commit(isr: [1])
    cluster.publish(to: [1])
    #expect(answer.value?.error == .notEnoughReplicasAfterAppend)
    #expect(cluster.log(1) == ["a@0"], "the record stays")
  }

  @Test func `The high watermark stands still below the minimum ISR`() {
    let cluster = ReplicaCluster(ReplicaCluster.Options { $0.log.minInsyncReplicas = 2 })
    cluster.state.isr = [1]
    cluster.publish(to: [1])
    cluster.produce("a", to: 1, acks: 1)
    #expect(cluster.partition(1).highWatermark == 0, "KAFKA-15583")

    let former = ReplicaCluster(
      ReplicaCluster.Options {
        $0.log.minInsyncReplicas = 2
        $0.switches.highWatermarkNeedsMinimumISR = false
      })
    former.state.isr = [1]
    former.publish(to: [1])
    former.produce("a", to: 1, acks: 1)
    #expect(former.partition(1).highWatermark == 1)
  }

  @Test func `A minimum above the number of replicas is reduced to that number`() {
    let cluster = ReplicaCluster.running {
      $0.brokers = [1, 2]
      $0.log.minInsyncReplicas = 3
    }
    let answer = cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    #expect(answer.value?.error == ErrorCode.none)
  }

  // MARK: Replicas outside of the ISR

  @Test func `A leader does not wait for a replica that may not join`() {
    for ignores in [true, false] {
      let cluster = ReplicaCluster(ReplicaCluster.Options { $0.switches.highWatermarkIgnoresIneligible = ignores })
      cluster.state.isr = [1, 3]
      cluster.shuttingDown = [2]
      cluster.publish()
      cluster.run(.milliseconds(50))
      cluster.world.kill(cluster.index(2))
      let answer = cluster.produce("a", to: 1)
      cluster.run(.milliseconds(50))
      #expect((answer.value != nil) == ignores, "KAFKA-15021")
    }
  }

  // MARK: Waiting appends

  @Test func `An append that is not replicated in time times out`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(2))
    let answer = cluster.produce("a", to: 1, timeout: .milliseconds(300))
    cluster.run(.milliseconds(299))
    #expect(answer.value == nil)
    cluster.run(.milliseconds(2))
    #expect(answer.value?.error == .requestTimedOut && answer.count == 1)
  }

  @Test func `A replaced leader gives up waiting appends`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(2))
    let answer = cluster.produce("a", to: 1)
    cluster.elect(3, isr: [1, 3])
    cluster.publish(to: [1])
    #expect(answer.value?.error == .notLeaderOrFollower)
    cluster.run(.seconds(60))
    #expect(answer.count == 1)
  }

  @Test func `Unknown acks are refused`() {
    let cluster = ReplicaCluster.running()
    #expect(cluster.produce("a", to: 1, acks: 2).value?.error == .invalidRequiredAcks)
    #expect(cluster.log(1) == [])
  }

  @Test func `A repeated batch gets its first offset and waits for the same high watermark`() {
    let cluster = ReplicaCluster.running()
    let first = batch("a", producerID: 7, producerEpoch: 0, baseSequence: 0)
    let second = batch("b", producerID: 7, producerEpoch: 0, baseSequence: 1)
    let answers = [cluster.produce(first, to: 1), cluster.produce(second, to: 1), cluster.produce(first, to: 1)]
    cluster.run(.milliseconds(20))
    #expect(answers.map { $0.value?.error } == [ErrorCode.none, ErrorCode.none, ErrorCode.none])
    #expect(answers.map { $0.value?.baseOffset } == [0, 1, 0])
    #expect(cluster.log(1) == ["a@0", "b@0"])
  }

  // MARK: Durability

  @Test func `With a sync per record only synced records count`() {
    let cluster = ReplicaCluster.running {
      $0.log.flushMessages = 1
      $0.brokers = [1, 2]
    }
    let answer = cluster.produce("a", to: 1)
    #expect(cluster.partition(1).log?.durableEndOffset == 0)
    cluster.run(.milliseconds(50))
    #expect(answer.value?.error == ErrorCode.none)
    cluster.world.powerLoss([cluster.index(1), cluster.index(2)], unsynced: .dropped)
    for broker: NodeID in [1, 2] { cluster.world.start(cluster.index(broker)) }
    cluster.run(.milliseconds(50))
    cluster.publish()
    #expect(cluster.log(1) == ["a@0"] && cluster.log(2) == ["a@0"])
  }

  @Test(arguments: [0, 1] as [Int16])
  func `With a sync per record, an append with any acks is answered after the leader's sync, which is reported`(acks: Int16) {
    let cluster = ReplicaCluster.running {
      $0.log.flushMessages = 1
      $0.brokers = [1]
    }
    let answer = cluster.produce("a", to: 1, acks: acks)
    cluster.run(.microseconds(150))
    #expect(answer.value == nil)
    // The least sync takes 200 µs.
    cluster.run(.milliseconds(5))
    #expect(answer.value?.error == ErrorCode.none)
    let synced = cluster.occurrences.compactMap { if case .synced(_, let end) = $0.occurrence { end } else { nil } }
    #expect(synced == [1])
  }

  @Test func `Without flush.messages, acks=1 does not wait for a sync, and none is reported`() {
    let cluster = ReplicaCluster.running { $0.brokers = [1] }
    let answer = cluster.produce("a", to: 1, acks: 1)
    cluster.run(.microseconds(1))
    #expect(answer.value?.error == ErrorCode.none)
    #expect(!cluster.occurrences.contains { if case .synced = $0.occurrence { true } else { false } })
  }

  @Test func `An append with acks=1 that waits for its sync is answered when the leadership or the disk is lost`() {
    for failsDisk in [false, true] {
      let cluster = ReplicaCluster.running {
        $0.log.flushMessages = 1
        $0.brokers = [1, 2]
      }
      let fault = cluster.world.apply(DiskFault(failsDisk ? .inputOutputErrorOnSync : .stalled), on: [cluster.index(1)], name: "sync")
      let answer = cluster.produce("a", to: 1, acks: 1)
      cluster.run(.seconds(60))
      if !failsDisk {
        #expect(answer.value == nil)
        cluster.elect(2)
        cluster.publish()
        cluster.run(.milliseconds(1))
      }
      #expect(answer.value?.error == (failsDisk ? ErrorCode.kafkaStorageError : ErrorCode.none))
      cluster.world.lift(fault)
    }
  }

  @Test func `The high watermark survives a restart`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.seconds(6))
    cluster.world.restart(cluster.index(2))
    cluster.run(.milliseconds(20))
    cluster.hold(.request, from: 2, to: 1)
    cluster.publish(to: [2])
    #expect(cluster.partition(2).highWatermark == 1)
  }

  @Test func `A failed disk takes all replicas offline`() {
    let cluster = ReplicaCluster.running()
    var failures = 0
    cluster.manager(1).diskDidFail = { _ in failures += 1 }
    cluster.world.apply(DiskFault(.inputOutputError), on: [cluster.index(1)], name: "broken")
    #expect(cluster.produce("a", to: 1).value?.error == .kafkaStorageError)
    #expect(cluster.partition(1).role == .offline && failures == 1)
    #expect(cluster.consume(from: 1, at: 0).value?.partition?.errorCode == .kafkaStorageError)
  }
}
