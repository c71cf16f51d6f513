import Host
import Primitives
import Replication
import Testing
import Wire

@Suite struct OffsetRequestTests {
  // MARK: ListOffsets

  @Test func `The special times name the bounds of the log`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(3))
    cluster.produce("uncommitted", to: 1, acks: 1)
    #expect(cluster.listOffset(at: 1, -2).offset == 0 && cluster.listOffset(at: 1, -4).offset == 0)
    #expect(cluster.listOffset(at: 1, -1).offset == 2 && cluster.listOffset(at: 1, -1).leaderEpoch == 0)
    #expect(cluster.listOffset(at: 1, -5).offset == -1 && cluster.listOffset(at: 1, -5).errorCode == ErrorCode.none)
    #expect(cluster.listOffset(at: 1, 0).offset == 0)
    #expect(cluster.listOffset(at: 1, .max - 1).offset == -1)
    #expect(cluster.listOffset(at: 2, -1).errorCode == .notLeaderOrFollower)
  }

  @Test func `A time that the version does not know is refused`() {
    let cluster = ReplicaCluster.running()
    for (timestamp, version) in [(Int64(-3), Int16(6)), (-4, 7), (-5, 8), (-6, 10)] {
      #expect(cluster.listOffset(at: 1, timestamp, version: version).errorCode == .unsupportedVersion)
      #expect(cluster.listOffset(at: 1, timestamp, version: version + 1).errorCode == ErrorCode.none)
    }
  }

  /// KIP-207: the former leader's clients have seen a later end than the new leader's high watermark.
  private func askANewLeader(guarding: Bool, version: Int16) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
    let cluster = ReplicaCluster.running {
      $0.switches.guardListOffsets = guarding
    }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(5))
    #expect(cluster.listOffset(at: 1, -1).offset == 1)
    cluster.elect(2)
    cluster.publish(to: [2])
    return cluster.listOffset(at: 2, -1, version: version)
  }

  @Test func `The latest offset does not go back with a new leader`() {
    #expect(askANewLeader(guarding: true, version: 5).errorCode == .offsetNotAvailable)
    #expect(askANewLeader(guarding: true, version: 4).errorCode == .leaderNotAvailable)
    #expect(askANewLeader(guarding: false, version: 5).offset == 0, "one record less than was seen before")
  }

  // MARK: OffsetForLeaderEpoch

  private func endOffset(of epoch: Int32, current: Int32 = -1, in cluster: ReplicaCluster, at broker: NodeID = 1) -> OffsetForLeaderEpochResponse.EpochEndOffset {
    var asked = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
    asked.leaderEpoch = epoch
    asked.currentLeaderEpoch = current
    var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
    topic.topic = "t"
    topic.partitions = [asked]
    var request = OffsetForLeaderEpochRequest()
    request.topics = [topic]
    return cluster.manager(broker).offsetsForLeaderEpoch(request).topics[0].partitions[0]
  }

  @Test func `A leader reports where epochs end`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.elect(1)
    cluster.elect(1)
    cluster.publish()
    cluster.run(.seconds(2))
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    #expect(endOffset(of: 0, in: cluster).endOffset == 1 && endOffset(of: 0, in: cluster).leaderEpoch == 0)
    #expect(endOffset(of: 1, in: cluster).endOffset == 1 && endOffset(of: 1, in: cluster).leaderEpoch == 0, "the epoch before (KIP-279)")
    #expect(endOffset(of: 2, in: cluster).endOffset == 2 && endOffset(of: 2, in: cluster).leaderEpoch == 2)
    #expect(endOffset(of: 3, in: cluster).endOffset == -1)
    #expect(endOffset(of: 0, current: 1, in: cluster).errorCode == .fencedLeaderEpoch)
    #expect(endOffset(of: 0, current: 3, in: cluster).errorCode == .unknownLeaderEpoch)
    #expect(endOffset(of: 0, in: cluster, at: 2).errorCode == .notLeaderOrFollower)
  }

  // MARK: DeleteRecords

  private func delete(before offset: Int64, in cluster: ReplicaCluster, at broker: NodeID = 1) -> Answer<DeleteRecordsResponse> {
    var asked = DeleteRecordsRequest.DeleteRecordsPartition()
    asked.offset = offset
    var topic = DeleteRecordsRequest.DeleteRecordsTopic()
    topic.name = "t"
    topic.partitions = [asked]
    var request = DeleteRecordsRequest()
    request.topics = [topic]
    request.timeoutMs = 5_000
    let answer = Answer<DeleteRecordsResponse>()
    cluster.manager(broker).deleteRecords(request) { answer.set($0) }
    return answer
  }

  @Test func `Records are deleted when every live replica has followed`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    let answer = delete(before: 1, in: cluster)
    #expect(answer.value == nil && cluster.partition(1).logStartOffset == 1)
    cluster.run(.seconds(2))
    #expect(answer.value?.topics[0].partitions[0].lowWatermark == 1)
    #expect(answer.value?.topics[0].partitions[0].errorCode == ErrorCode.none)
    #expect(cluster.partition(2).logStartOffset == 1 && cluster.partition(3).logStartOffset == 1)
  }

  @Test func `A fenced replica is not waited for`() {
    let cluster = ReplicaCluster.running { $0.brokers = [1, 2] }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(2))
    let waiting = delete(before: 1, in: cluster)
    cluster.run(.seconds(6))
    #expect(waiting.value?.topics[0].partitions[0].errorCode == .requestTimedOut)
    cluster.fenced = [2]
    cluster.publish()
    #expect(delete(before: -1, in: cluster).value?.topics[0].partitions[0].lowWatermark == 1)
  }

  @Test func `A replica that is fenced meanwhile is waited for until the high watermark moves`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(3))
    let answer = delete(before: 1, in: cluster)
    cluster.run(.seconds(1))
    cluster.fenced = [3]
    cluster.commit(isr: [1, 2])
    cluster.publish()
    cluster.run(.seconds(1))
    #expect(answer.value == nil)
    cluster.produce("b", to: 1)
    cluster.run(.milliseconds(20))
    #expect(answer.value?.topics[0].partitions[0].lowWatermark == 1)
  }

  @Test func `Uncommitted records cannot be deleted`() {
    let cluster = ReplicaCluster.running()
    cluster.world.kill(cluster.index(2))
    cluster.produce("a", to: 1, acks: 1)
    #expect(delete(before: 1, in: cluster).value?.topics[0].partitions[0].errorCode == .offsetOutOfRange)
    #expect(delete(before: 0, in: cluster, at: 3).value?.topics[0].partitions[0].errorCode == .notLeaderOrFollower)
  }

  @Test func `A compacted topic keeps its records`() {
    let cluster = ReplicaCluster.running { $0.log.cleanupPolicy = .compact }
    #expect(delete(before: -1, in: cluster).value?.topics[0].partitions[0].errorCode == .policyViolation)
  }
}
