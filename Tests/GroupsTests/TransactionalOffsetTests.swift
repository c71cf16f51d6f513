import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// Offsets that are committed in transactions: who may, when they count, and who has to wait for them.
@Suite struct TransactionalOffsetTests {
  private func whole(_ fixture: ShardFixture) {
    #expect(fixture.shard.recordedState == fixture.replayed().recordedState)
  }

  @Test func `Offsets of a transaction count when it is committed, and requests for stable ones wait until then`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5)])
    #expect(fixture.commitOffsets(ofTransaction: 7, [("t", 0, 9), ("t", 1, 2)]) == [.none, .none])
    #expect(fixture.offsets() == ["t-0 5"])
    #expect(fixture.stableOffset() == .failure(Refusal(.unstableOffsetCommit)))
    #expect(fixture.stableOffset("g", "t", 2) == .success(-1))
    fixture.endTransaction(of: 7, committed: true)
    #expect(fixture.offsets() == ["t-0 9", "t-1 2"] && fixture.stableOffset() == .success(9))
    whole(fixture)
  }

  @Test(arguments: [true, false]) func `Offsets of a transaction count when it is committed, or immediately`(waits: Bool) {
    let fixture = ShardFixture { $0.switches.offsetsAwaitMarker = waits }
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 9)])
    #expect(fixture.offsets() == (waits ? [] : ["t-0 9"]))
    fixture.endTransaction(of: 7, committed: false)
    #expect(fixture.offsets() == (waits ? [] : ["t-0 9"]))
  }

  @Test func `Offsets of an aborted transaction never count`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5)])
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 9)])
    fixture.endTransaction(of: 7, committed: false)
    #expect(fixture.offsets() == ["t-0 5"] && fixture.stableOffset() == .success(5))
    whole(fixture)
  }

  @Test func `The records of a decision are those of the producer, and equal its effect`() throws {
    let fixture = ShardFixture()
    var request = TxnOffsetCommitRequest(), topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
    topic.name = "t"
    topic.partitions = [TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()]
    (request.groupId, request.producerId, request.producerEpoch, request.topics) = ("g", 7, 3, [topic])
    let decision = try fixture.shard.commitTransactionalOffsets(request, version: 5, verification: .required(VerificationGuard(4)), at: fixture.time)
    #expect(decision.producer == TransactionalProducer(id: 7, epoch: 3, verification: .required(VerificationGuard(4))))
    var known = fixture.shard
    decision.known?(&known)
    fixture.carryOut(decision)
    #expect(known.recordedState == fixture.shard.recordedState && known.recordedState.count == 1)
  }

  // MARK: The order of commits

  @Test func `Of two commits for a partition the later one counts, even if the transaction of the earlier one ends later`() {
    let fixture = ShardFixture()
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 5)])
    _ = fixture.commitOffsets([("t", 0, 8)])
    fixture.endTransaction(of: 7, committed: true)
    #expect(fixture.offsets() == ["t-0 8"])
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 10)])
    fixture.commitOffsets(ofTransaction: 8, [("t", 0, 11)])
    fixture.endTransaction(of: 8, committed: true)
    fixture.endTransaction(of: 7, committed: true)
    #expect(fixture.offsets() == ["t-0 11"])
    whole(fixture)
  }

  // MARK: Who may

  private func stable(_ fixture: ShardFixture) {
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
  }

  @Test func `A member commits only in its generation, and a client without a member commits as before KIP-447`() {
    let fixture = ShardFixture()
    stable(fixture)
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "a", generation: 1, [("t", 0, 1)]) == [.none])
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "a", generation: 0, [("t", 0, 2)]) == [.illegalGeneration])
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "b", generation: 1, [("t", 0, 2)]) == [.unknownMemberId])
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "a", generation: 1, [("t", 0, 2)], instance: "i") != [.none])
    #expect(fixture.commitOffsets(ofTransaction: 7, [("t", 0, 3)], version: 2) == [.none])
    #expect(fixture.commitOffsets(ofTransaction: 7, in: "unknown", as: "a", generation: 1, [("t", 0, 2)]) == [.illegalGeneration])
    #expect(fixture.commitOffsets(ofTransaction: 7, in: "unknown", [("t", 0, 2)]) == [.none])
  }

  @Test func `A rebalance does not prevent its members from committing in a transaction`() {
    let fixture = ShardFixture()
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 1)]) == [.rebalanceInProgress])
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "a", generation: 1, [("t", 0, 1)]) == [.none])
  }

  @Test func `Without fences a commit of an old generation counts`() {
    let fixture = ShardFixture { $0.switches.fenceCommits = false }
    stable(fixture)
    #expect(fixture.commitOffsets(ofTransaction: 7, as: "a", generation: 0, [("t", 0, 2)]) == [.none])
  }

  @Test func `Metadata that is too long is refused individually`() {
    let fixture = ShardFixture { $0.offsetMetadataMaxSize = 3 }
    #expect(fixture.commitOffsets(ofTransaction: 7, [("t", 0, 1)], metadata: "four") == [.offsetMetadataTooLarge])
    #expect(fixture.shard.transactionalOffsets.isEmpty)
  }

  // MARK: Deleting and expiring

  @Test func `An offset that an open transaction may replace does not expire, and neither does its group`() {
    let fixture = ShardFixture {
      $0.offsetRetention = .seconds(60)
      $0.retentionCheckInterval = .seconds(10)
    }
    _ = fixture.commitOffsets([("t", 0, 5)])
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 6)])
    fixture.commitOffsets(ofTransaction: 8, in: "bare", [("t", 0, 1)])
    fixture.run(.seconds(200))
    #expect(fixture.offsets() == ["t-0 5"] && fixture.group("bare") != nil)
    fixture.endTransaction(of: 7, committed: false)
    fixture.endTransaction(of: 8, committed: false)
    fixture.run(.seconds(11))
    #expect(fixture.group() == nil && fixture.group("bare") == nil)
    whole(fixture)
  }

  @Test func `A deleted group takes pending transactional offsets with it`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5)])
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 6), ("t", 1, 1)])
    fixture.carryOut(fixture.shard.delete(["g"]))
    #expect(fixture.stableOffset() == .success(-1) && fixture.stableOffset("g", "t", 1) == .success(-1))
    fixture.endTransaction(of: 7, committed: true)
    #expect(fixture.offsets().isEmpty)
    whole(fixture)
  }

  @Test func `A committed transaction reports the offsets that count then`() {
    let fixture = ShardFixture()
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 5), ("t", 1, 6)])
    _ = fixture.commitOffsets([("t", 0, 8)])
    let told = fixture.shard.offsetsToCommit(of: 7).compactMap { occurrence -> String? in
      guard case .offsetCommitted(let group, let partition, let offset) = occurrence else { return nil }
      return "\(group) \(partition) \(offset)"
    }
    #expect(told == ["g t-1 6"] && fixture.shard.offsetsToCommit(of: 8).isEmpty)
  }
}
