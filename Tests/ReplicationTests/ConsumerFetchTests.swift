import Host
import Log
import Primitives
import Replication
import Testing
import Wire

@Suite struct ConsumerFetchTests {
  @Test func `A consumer sees only records below the high watermark`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(3))
    cluster.produce("a", to: 1, acks: 1)
    let response = cluster.consume(from: 1, at: 0).value
    #expect(response?.texts == [] && response?.partition?.highWatermark == 0 && response?.partition?.errorCode == ErrorCode.none)
  }

  @Test func `Offsets outside the log are refused`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(20))
    #expect(cluster.consume(from: 1, at: 3).value?.partition?.errorCode == .offsetOutOfRange)
    #expect(cluster.consume(from: 1, at: 2).value?.partition?.errorCode == ErrorCode.none)
    try? cluster.partition(1).log?.advanceLogStartOffset(to: 2)
    #expect(cluster.consume(from: 1, at: 1).value?.partition?.errorCode == .offsetOutOfRange)
  }

  @Test func `A fetch waits for the first visible record`() {
    let cluster = ReplicaCluster.running()
    let answer = cluster.consume(from: 1, at: 0, maxWait: .seconds(5))
    cluster.run(.milliseconds(50))
    #expect(answer.value == nil)
    cluster.produce("a", to: 1)
    #expect(answer.value == nil, "appended, but not replicated")
    cluster.run(.milliseconds(20))
    #expect(answer.value?.texts == ["a"])
    cluster.run(.seconds(10))
    #expect(answer.count == 1)
  }

  @Test func `A fetch without new records ends after its maximum wait`() {
    let cluster = ReplicaCluster.running()
    let answer = cluster.consume(from: 1, at: 0, maxWait: .milliseconds(200))
    cluster.run(.milliseconds(199))
    #expect(answer.value == nil)
    cluster.run(.milliseconds(2))
    #expect(answer.value?.partition?.errorCode == ErrorCode.none && answer.value?.texts == [])
  }

  @Test func `A fetch waits for its minimum of bytes`() {
    let cluster = ReplicaCluster.running()
    let size = Int32(batch("a").count)
    let answer = cluster.consume(from: 1, at: 0, maxWait: .seconds(5)) { $0.minBytes = 2 * size }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(50))
    #expect(answer.value == nil)
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(50))
    #expect(answer.value?.texts == ["a", "b"])
  }

  @Test func `The first batch is returned whole, however small the limits`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    let answer = cluster.consume(from: 1, at: 0) {
      $0.maxBytes = 1
      $0.topics[0].partitions[0].partitionMaxBytes = 1
    }
    #expect(answer.value?.texts == ["a"])
  }

  @Test func `The end of a leadership answers waiting requests`() {
    let cluster = ReplicaCluster.running()
    let old = cluster.consume(from: 1, at: 0, version: 10, maxWait: .seconds(5))
    let new = cluster.consume(from: 1, at: 0, maxWait: .seconds(5)) { $0.topics[0].partitions[0].currentLeaderEpoch = 0 }
    cluster.elect(2)
    cluster.publish(to: [1])
    #expect(old.value?.partition?.errorCode == .notLeaderOrFollower)
    #expect(new.value?.partition?.errorCode == .fencedLeaderEpoch)
    #expect(new.value?.partition?.currentLeader.leaderId == 2 && new.value?.partition?.currentLeader.leaderEpoch == 1)
    #expect(new.value?.nodeEndpoints.first?.host == "broker2", "KIP-951")
  }

  @Test func `Past and future epochs are distinguished`() {
    let cluster = ReplicaCluster.running()
    cluster.elect(1)
    cluster.publish()
    func error(_ epoch: Int32) -> ErrorCode? {
      cluster.consume(from: 1, at: 0) { $0.topics[0].partitions[0].currentLeaderEpoch = epoch }.value?.partition?.errorCode
    }
    #expect(error(0) == .fencedLeaderEpoch && error(1) == ErrorCode.none && error(2) == .unknownLeaderEpoch && error(-1) == ErrorCode.none)
  }

  @Test func `Unknown topics and partitions are reported as what they are`() {
    let cluster = ReplicaCluster.running()
    func error(_ change: (inout FetchRequest.FetchTopic) -> Void, version: Int16 = 18) -> ErrorCode? {
      cluster.consume(from: 1, at: 0, version: version) { change(&$0.topics[0]) }.value?.partition?.errorCode
    }
    #expect(error { $0.topicId = Uuid(high: 9, low: 9) } == .unknownTopicId)
    #expect(error { $0.partitions[0].partition = 7 } == .unknownTopicOrPartition)
    #expect(error({ $0.topic = "nowhere" }, version: 12) == .unknownTopicOrPartition)
  }

  @Test func `A diverging position is told where it leaves the log`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.elect(1)
    cluster.publish()
    cluster.run(.seconds(2))
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    let answer = cluster.consume(from: 1, at: 2) { $0.topics[0].partitions[0].lastFetchedEpoch = 0 }
    #expect(answer.value?.partition?.divergingEpoch.epoch == 0 && answer.value?.partition?.divergingEpoch.endOffset == 1)
    #expect(cluster.consume(from: 1, at: 2) { $0.topics[0].partitions[0].lastFetchedEpoch = 1 }.value?.partition?.divergingEpoch.endOffset == -1)
    #expect(cluster.consume(from: 1, at: 2) { $0.topics[0].partitions[0].lastFetchedEpoch = 9 }.value?.partition?.errorCode == .offsetOutOfRange)
  }

  // MARK: Followers as sources (KIP-392)

  @Test func `A follower serves consumers up to its high watermark`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(600))
    cluster.hold(.response, from: 1, to: 2)
    cluster.produce("b", to: 1, acks: 1)
    cluster.run(.milliseconds(20))
    #expect(cluster.consume(from: 2, at: 0).value?.texts == ["a"])
    #expect(cluster.consume(from: 2, at: 0, version: 10).value?.partition?.errorCode == .notLeaderOrFollower, "it cannot know of followers")
    #expect(cluster.consume(from: 2, at: 2).value?.partition?.errorCode == .offsetOutOfRange)
  }

  @Test func `A consumer that is ahead of a follower may be told to wait`() {
    let cluster = ReplicaCluster.running { $0.switches.followerFetchBeyondEnd = .offsetNotAvailable }
    #expect(cluster.consume(from: 2, at: 5).value?.partition?.errorCode == .offsetNotAvailable)
    #expect(cluster.consume(from: 1, at: 5).value?.partition?.errorCode == .offsetOutOfRange)
  }

  @Test(arguments: [true, false]) func `A consumer at a follower is woken by replication, or formerly was not`(isWoken: Bool) {
    let cluster = ReplicaCluster.running { $0.switches.wakeConsumersOfFollowers = isWoken }
    let answer = cluster.consume(from: 2, at: 0, maxWait: .seconds(5))
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(600))
    #expect(answer.value?.texts == (isWoken ? ["a"] : nil), "KAFKA-14334")
    cluster.run(.seconds(5))
    #expect(answer.value?.texts == ["a"])
  }

  @Test(arguments: [true, false]) func `A consumer is sent to the replica in its rack, formerly also where its broker is fenced`(onlyActive: Bool) {
    let cluster = ReplicaCluster.running {
      $0.replication.replicaSelector = .rackAware
      $0.switches.nameOnlyActiveReplicas = onlyActive
    }
    func preferred(_ rack: String) -> Int32? { cluster.consume(from: 1, at: 0) { $0.rackId = rack }.value?.partition?.preferredReadReplica }
    #expect(preferred("rack2") == 2 && preferred("rack1") == -1 && preferred("elsewhere") == -1 && preferred("") == -1)
    cluster.fenced = [2]
    cluster.publish()
    #expect(preferred("rack2") == (onlyActive ? -1 : 2), "KAFKA-15390")
  }

  // MARK: Transactions

  @Test func `Read_committed readers stop at the first open transaction`() throws {
    let cluster = ReplicaCluster.running()
    func committed(_ offset: Offset = 0) -> FetchResponse? { cluster.consume(from: 1, at: offset) { $0.isolationLevel = 1 }.value }
    cluster.produce("plain", to: 1)
    cluster.produce(batch("t1", producerID: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true), to: 1)
    cluster.produce("later", to: 1)
    cluster.run(.milliseconds(20))
    #expect(committed()?.texts == ["plain"])
    #expect(committed()?.partition?.lastStableOffset == 1 && committed()?.partition?.highWatermark == 3)
    #expect(cluster.listOffset(at: 1, -1, isCommittedOnly: true).offset == 1)
    let marker = RecordBatch.endTransaction(
      EndTransactionMarker(isCommit: false, coordinatorEpoch: 1), producerID: 7, producerEpoch: 0, timestamp: Timestamp(milliseconds: 1_767_225_600_000))
    let waiting = cluster.consume(from: 1, at: 1, maxWait: .seconds(5)) { $0.isolationLevel = 1 }
    cluster.produce(marker.bytes, to: 1, origin: .coordinator)
    cluster.run(.milliseconds(20))
    #expect(waiting.value?.texts.prefix(2) == ["t1", "later"])
    let aborted = try #require(waiting.value?.partition?.abortedTransactions)
    #expect(aborted.map(\.producerId) == [7] && aborted.map(\.firstOffset) == [1], "also from the purgatory (KAFKA-5376)")
    #expect(cluster.consume(from: 1, at: 0).value?.partition?.abortedTransactions == nil)
  }

  private func aborted(_ change: @escaping (inout ReplicationSwitches) -> Void) -> (open: FetchResponse?, waited: FetchResponse?) {
    let cluster = ReplicaCluster.running { change(&$0.switches) }
    cluster.produce(batch("t1", producerID: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true), to: 1)
    cluster.run(.milliseconds(20))
    let open = cluster.consume(from: 1, at: 0) { $0.isolationLevel = 1 }.value
    let waiting = cluster.consume(from: 1, at: 0, maxWait: .seconds(5)) { $0.isolationLevel = 1 }
    cluster.produce(
      TransactionMarker(producerID: 7, producerEpoch: 0, isCommit: false, coordinatorEpoch: 1).batch(timestamp: Timestamp(milliseconds: 1_767_225_600_000)).bytes,
      to: 1, origin: .coordinator)
    cluster.run(.milliseconds(20))
    return (open, waiting.value)
  }

  @Test func `Treating the last stable offset as inclusive shows the first record of an open transaction`() {
    #expect(aborted { _ in }.open?.texts == [])
    #expect(aborted { $0.lastStableOffset = .inclusive }.open?.texts == ["t1"])
  }

  @Test func `Formerly, a fetch that had waited did not learn of aborted transactions`() {
    #expect(aborted { _ in }.waited?.partition?.abortedTransactions?.map(\.producerId) == [7])
    #expect(aborted { $0.abortedInPurgatory = false }.waited?.partition?.abortedTransactions == nil)
  }
}
