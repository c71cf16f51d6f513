import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

/// What anybody who reaches a voter's port may send, and what comes of it.
@Suite struct AdmissionTests {
  @Test func `A batch that announces two thousand million records is an error, and no memory is allocated for them`() throws {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: nil)
    let bytes = builder.build()
    var writer = ByteWriter(capacity: bytes.count)
    writer.append(bytes)
    // The last offset delta, and the number of records.
    writer.replace(at: 23, with: Int32.max - 1)
    writer.replace(at: 57, with: Int32.max)
    let batch = try RecordBatch(writer.bytes)
    #expect(throws: WireError.self) { try CommittedBatch(batch) }
  }

  @Test(arguments: [50, 1 << 30, .max - 1, .max] as [Int32]) func `A lone voter leads, whatever vote it receives`(epoch: Int32) throws {
    let quorum = Quorum(voters: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(50)
    let state = try leader.reactor.disk.content(of: "__cluster_metadata-0/quorum-state")
    for candidate: Int32 in [1, 2, 99, -1] {
      for isPreVote in [false, true] {
        let answer = leader.answer(to: vote(candidate, epoch: epoch, lastOffset: .max, isPreVote: isPreVote))
        let expected: ErrorCode = candidate < 2 || epoch > 1 << 30 ? .invalidRequest : .inconsistentVoterSet
        #expect(answer?.topics.first?.partitions.first?.errorCode == expected)
        #expect(answer?.topics.first?.partitions.first?.voteGranted == false)
      }
    }
    quorum.run(3000)
    #expect(try leader.reactor.disk.content(of: "__cluster_metadata-0/quorum-state") == state)
    var committed: Result<Offset, QuorumAppendError>?
    leader.append("a") { committed = $0 }
    quorum.run(100)
    #expect(committed == .success(1))
    #expect(leader.leaderships == [1])
    #expect(leader.resignations == [])
  }

  @Test func `Votes of another cluster, of another voter and with impossible end offsets are refused`() throws {
    let quorum = Quorum(voters: 3)
    let index = try #require(quorum.leader())
    let leader = quorum.node(index), epoch = leader.quorum.epoch
    let other = Int32(leader.configuration.nodeID == 1 ? 2 : 1), next = epoch.value + 1
    var foreign = vote(other, epoch: next)
    foreign.clusterId = "another"
    #expect(leader.answer(to: foreign)?.errorCode == .inconsistentClusterId)
    var misdirected = vote(other, epoch: next)
    misdirected.voterId = other
    #expect(leader.answer(to: misdirected)?.topics.first?.partitions.first?.errorCode == .invalidVoterKey)
    #expect(leader.errorOfVote(vote(other, epoch: next, lastEpoch: next)) == .invalidRequest)
    #expect(leader.errorOfVote(vote(other, epoch: next, lastOffset: -1)) == .invalidRequest)
    #expect(leader.errorOfVote(vote(other, epoch: .max)) == .invalidRequest)
    var twice = vote(other, epoch: next)
    twice.topics.append(twice.topics[0])
    #expect(leader.answer(to: twice)?.errorCode == .invalidRequest)
    #expect(leader.quorum.epoch == epoch)
    #expect(leader.quorum.isLeader)
    // A vote of a member in the next epoch is what elections are made of.
    #expect(leader.errorOfVote(vote(other, epoch: next, lastOffset: 1 << 40)) == nil)
    #expect(leader.quorum.epoch.value == next)
    #expect(leader.errorOfVote(vote(other, epoch: epoch.value)) == .fencedLeaderEpoch)
  }

  @Test func `Only a voter begins or ends an epoch`() throws {
    let quorum = Quorum(voters: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    for (id, epoch, error): (Int32, Int32, ErrorCode) in [
      (1, 2_000_000_000, .invalidRequest), (1, 2, .invalidRequest), (2, 2, .inconsistentVoterSet), (-1, 2, .invalidRequest), (2, -5, .invalidRequest),
      (2, .max, .invalidRequest),
    ] {
      #expect(leader.quorum.handleBeginQuorumEpoch(begin(id, epoch)).topics.first?.partitions.first?.errorCode == error)
      #expect(leader.quorum.handleEndQuorumEpoch(end(id, epoch)).topics.first?.partitions.first?.errorCode == error)
    }
    quorum.run(3000)
    #expect(leader.quorum.isActive)
    #expect(leader.quorum.epoch == 1)
  }

  @Test func `A fetch with impossible numbers is refused and one from beyond the end commits nothing`() throws {
    let quorum = Quorum(voters: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(100)
    let highWatermark = leader.quorum.highWatermark
    #expect(leader.answer(to: fetch(by: 1, from: .max))?.errorCode == .invalidRequest)
    #expect(leader.answer(to: fetch(by: 101, from: -1))?.errorCode == .invalidRequest)
    #expect(leader.answer(to: fetch(by: 101, from: 0, lastEpoch: -1))?.errorCode == .invalidRequest)
    #expect(leader.answer(to: fetch(by: 101, from: 0, epoch: -1))?.errorCode == .invalidRequest)
    let beyond = try #require(leader.answer(to: fetch(by: 101, from: .max, lastEpoch: 1)))
    #expect(beyond.responses[0].partitions[0].divergingEpoch.endOffset == highWatermark.value)
    let newer = try #require(leader.answer(to: fetch(by: 101, from: 0, epoch: .max)))
    #expect(newer.responses[0].partitions[0].errorCode == .unknownLeaderEpoch)
    #expect(leader.quorum.highWatermark == highWatermark)
  }

  @Test func `Fetchers that keep changing their ids are not all remembered`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(1000)
    for replica: Int32 in 1000..<4000 { _ = leader.answer(to: fetch(by: replica, from: 0)) }
    #expect(leader.quorum.leading?.replicas.count == 1001)
    quorum.run(1000)
    // Whoever goes on fetching is there.
    #expect(leader.quorum.leading?.replicas.contains { $0.id == 101 } == true)
    quorum.run(301_000)
    _ = leader.answer(to: fetch(by: 5000, from: 0))
    #expect(leader.quorum.leading?.replicas.map(\.id) == [1, 101, 5000])
  }

  @Test func `A quorum state without room for an election is refused with a remedy`() throws {
    let quorum = Quorum(voters: 1)
    let index = try #require(quorum.leader())
    quorum.run(100)
    let state = QuorumState(epoch: .init(.max), votedFor: ReplicaKey(id: 1, directory: nil)).content(voters: [])
    _ = quorum.node(index).reactor.disk.replace("__cluster_metadata-0/quorum-state", with: state)
    quorum.run(50)
    quorum.world.restart(index)
    quorum.run(3000)
    let failure = try #require(quorum.node(index).failure)
    #expect(failure.contains("__cluster_metadata-0/quorum-state") && failure.contains("2147483647") && failure.contains("remove this file"))
  }

  @Test func `An unreadable quorum state is reported`() throws {
    let quorum = Quorum(voters: 1)
    let told = Told()
    quorum.world.onOccurrence = { _, _, occurrence in
      if case .warning(let text) = occurrence { told.warnings.append(text) }
    }
    let index = try #require(quorum.leader())
    quorum.run(100)
    _ = quorum.node(index).reactor.disk.replace("__cluster_metadata-0/quorum-state", with: Bytes("{}"))
    quorum.run(50)
    quorum.world.restart(index)
    quorum.run(3000)
    #expect(quorum.node(index).quorum.isActive)
    #expect(told.warnings.count == 1 && told.warnings[0].contains("quorum-state cannot be read"))
  }

  private final class Told { var warnings: [String] = [] }
}

/// What a replica knows to be committed it never gives up.
@Suite struct CommittedLogTests {
  @Test func `An observer stops rather than follow a controller whose log was emptied`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    for name in ["a", "b", "c"] { quorum.node(leader).append(name) }
    quorum.run(1000)
    quorum.world.replaceDisk(leader)
    quorum.world.start(leader)
    quorum.run(5000)
    let observer = quorum.node(quorum.observers[0])
    let failure = try #require(observer.failure)
    #expect(failure.contains("below 4 was committed") && failure.contains("Nothing was cut") && failure.contains("__cluster_metadata-0"))
    #expect(observer.quorum.logEndOffset == 4)
    #expect(observer.topics == ["a", "b", "c"])
  }

  @Test func `An observer stops when the only voter names a lower epoch than it has known`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    for _ in 0..<3 {
      quorum.run(1000)
      quorum.world.restart(leader)
      _ = quorum.leader()
    }
    quorum.run(1000)
    let end = quorum.node(quorum.observers[0]).quorum.logEndOffset
    quorum.world.replaceDisk(leader)
    quorum.world.start(leader)
    quorum.run(5000)
    let failure = try #require(quorum.node(quorum.observers[0]).failure)
    #expect(failure.contains("epoch 1") && failure.contains("emptied or replaced"))
    #expect(quorum.node(quorum.observers[0]).quorum.logEndOffset == end)
  }

  @Test func `A controller with an intact log is followed after any number of restarts`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    for name in ["a", "b", "c"] {
      quorum.node(leader).append(name)
      quorum.run(500)
      quorum.world.powerLoss([leader, quorum.observers[0]], unsynced: .random)
      quorum.world.start(leader)
      quorum.world.start(quorum.observers[0])
      quorum.run(3000)
    }
    #expect(quorum.node(quorum.observers[0]).failure == nil)
    #expect(quorum.node(quorum.observers[0]).topics == ["a", "b", "c"])
  }
}

private func vote(
  _ candidate: Int32, epoch: Int32, lastEpoch: Int32 = 0, lastOffset: Int64 = 0, isPreVote: Bool = false
) -> VoteRequest {
  var partition = VoteRequest.PartitionData()
  (partition.replicaId, partition.replicaEpoch, partition.lastOffsetEpoch, partition.lastOffset) = (candidate, epoch, lastEpoch, lastOffset)
  if lastOffset > 0, lastEpoch == 0 { partition.lastOffsetEpoch = max(0, epoch - 1) }
  partition.preVote = isPreVote
  var topic = VoteRequest.TopicData()
  (topic.topicName, topic.partitions) = ("__cluster_metadata", [partition])
  var request = VoteRequest()
  request.topics = [topic]
  return request
}

private func begin(_ leader: Int32, _ epoch: Int32) -> BeginQuorumEpochRequest {
  var partition = BeginQuorumEpochRequest.PartitionData()
  (partition.leaderId, partition.leaderEpoch) = (leader, epoch)
  var topic = BeginQuorumEpochRequest.TopicData()
  (topic.topicName, topic.partitions) = ("__cluster_metadata", [partition])
  var request = BeginQuorumEpochRequest()
  request.topics = [topic]
  return request
}

private func end(_ leader: Int32, _ epoch: Int32) -> EndQuorumEpochRequest {
  var partition = EndQuorumEpochRequest.PartitionData()
  (partition.leaderId, partition.leaderEpoch) = (leader, epoch)
  var topic = EndQuorumEpochRequest.TopicData()
  (topic.topicName, topic.partitions) = ("__cluster_metadata", [partition])
  var request = EndQuorumEpochRequest()
  request.topics = [topic]
  return request
}

private func fetch(by replica: Int32, from offset: Int64, epoch: Int32 = 1, lastEpoch: Int32 = 0) -> FetchRequest {
  var partition = FetchRequest.FetchPartition()
  (partition.fetchOffset, partition.lastFetchedEpoch, partition.currentLeaderEpoch) = (offset, lastEpoch, epoch)
  partition.partitionMaxBytes = 1 << 20
  var topic = FetchRequest.FetchTopic()
  (topic.topicId, topic.partitions) = (.metadataTopic, [partition])
  var request = FetchRequest()
  request.replicaState.replicaId = replica
  (request.maxWaitMs, request.maxBytes, request.topics) = (0, 1 << 20, [topic])
  return request
}

extension QuorumNode {
  /// What this voter answers at once.
  fileprivate func answer(to request: VoteRequest) -> VoteResponse? {
    var answer: VoteResponse?
    quorum.handleVote(request) { answer = $0 }
    return answer
  }

  /// The error of a vote that is refused; nil where it is not.
  fileprivate func errorOfVote(_ request: VoteRequest) -> ErrorCode? {
    let error = answer(to: request)?.topics.first?.partitions.first?.errorCode
    return error == ErrorCode.none ? nil : error
  }

  fileprivate func answer(to request: FetchRequest) -> FetchResponse? {
    var answer: FetchResponse?
    quorum.handleFetch(request) { answer = $0 }
    return answer
  }
}
