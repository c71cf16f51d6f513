import Primitives
import Testing
import Wire

@testable import Client

/// A member of a classic group against literal schedules of responses.
@Suite struct ClassicMemberTests {
  private var member = ClassicMember(ConsumerConfiguration(), group: "g")

  private func joined(_ generation: Int32, _ id: String = "m1", error: ErrorCode = .none) -> JoinGroupResponse {
    var response = JoinGroupResponse()
    response.errorCode = error
    response.generationId = generation
    response.memberId = id
    response.protocolType = "consumer"
    response.protocolName = "range"
    return response
  }

  private func synced(_ error: ErrorCode = .none) -> SyncGroupResponse {
    var response = SyncGroupResponse()
    response.errorCode = error
    return response
  }

  private func beat(_ error: ErrorCode = .none) -> HeartbeatResponse {
    var response = HeartbeatResponse()
    response.errorCode = error
    return response
  }

  /// Two steps to join, and one to get the assignment.
  private mutating func join(_ generation: Int32) {
    let sent = member.generation
    _ = member.join([])
    #expect(member.take(joined(generation), to: sent) == .accepted)
    #expect(member.take(synced(), to: member.generation) == .accepted)
  }

  @Test mutating func `A member is given an id, joins with it, and is stable when it has its assignment`() {
    #expect(member.join([(name: "range", metadata: Bytes("x"))]).memberId == "")
    #expect(member.take(joined(-1, "m1", error: .memberIdRequired), to: member.generation) == .again)
    #expect(member.needsRejoin && !member.isJoined)
    let request = member.join([(name: "range", metadata: Bytes("x"))])
    #expect(request.memberId == "m1" && request.protocols.map(\.name) == ["range"] && request.rebalanceTimeoutMs == 300_000)
    #expect(member.take(joined(4), to: member.generation) == .accepted)
    #expect(member.state == .syncing && member.isJoined)
    let sync = member.sync([])
    #expect((sync.generationId, sync.memberId, sync.protocolName) == (4, "m1", "range"))
    #expect(member.take(synced(), to: member.generation) == .accepted)
    #expect(member.state == .stable && !member.needsRejoin)
  }

  @Test mutating func `A heartbeat announces a rebalance, and the member keeps its id and generation`() {
    join(1)
    #expect(member.take(beat(.rebalanceInProgress), to: member.generation) == .rejoin)
    #expect(member.needsRejoin && member.hasGeneration && member.state == .stable)
  }

  @Test mutating func `An unknown member forgets its id, and a late one keeps it`() {
    join(1)
    #expect(member.take(beat(.illegalGeneration), to: member.generation) == .again)
    #expect(member.generation == ClassicMember.Generation(memberID: "m1"))
    #expect(member.needsPreparation && !member.hasGeneration)
    join(2)
    #expect(member.take(beat(.unknownMemberId), to: member.generation) == .again)
    #expect(member.generation == ClassicMember.Generation())
  }

  @Test mutating func `A response to an earlier generation changes nothing`() {
    join(1)
    let former = member.generation
    join(2)
    let present = member.generation
    #expect(member.take(beat(.illegalGeneration), to: former) == .accepted)
    #expect(member.commitRefused(.illegalGeneration, to: former) == .notMember)
    #expect(member.generation == present && member.state == .stable)
  }

  @Test mutating func `A sync that was overtaken by another rebalance leads to a join with the current generation`() {
    join(1)
    let sent = member.generation
    _ = member.join([])
    #expect(member.take(joined(2), to: sent) == .accepted)
    #expect(member.take(synced(.rebalanceInProgress), to: member.generation) == .again)
    #expect(member.generation.id == 2 && member.needsRejoin)
  }

  @Test mutating func `A member may give up everything if its sync was overtaken, and keeps its id`() {
    var configuration = ConsumerConfiguration()
    configuration.switches.resetOnSyncError = true
    member = ClassicMember(configuration, group: "g")
    join(1)
    let sent = member.generation
    _ = member.join([])
    #expect(member.take(joined(2), to: sent) == .accepted)
    #expect(member.take(synced(.rebalanceInProgress), to: sent) == .again)
    #expect(member.generation.id == 2, "an answer to a former generation resets nothing")
    #expect(member.take(synced(.rebalanceInProgress), to: member.generation) == .again)
    #expect(member.generation == ClassicMember.Generation(memberID: "m1"))
    #expect(member.needsRejoin && member.needsPreparation && !member.hasGeneration)
  }

  @Test mutating func `An assignment that comes after the member left is ignored`() {
    let sent = member.generation
    _ = member.join([])
    #expect(member.take(joined(1), to: sent) == .accepted)
    let syncing = member.generation
    #expect(member.leave("over")?.members.map(\.memberId) == ["m1"])
    #expect(member.take(synced(), to: syncing) == .again)
    #expect(member.state == .unjoined)
  }

  @Test mutating func `A permanent error is reported, and another coordinator is looked up`() {
    _ = member.join([])
    #expect(member.take(joined(-1, error: .groupMaxSizeReached), to: member.generation) == .refused(.groupMaxSizeReached))
    #expect(member.take(joined(-1, error: .notCoordinator), to: member.generation) == .coordinatorMoved)
    #expect(member.take(joined(-1, error: .coordinatorLoadInProgress), to: member.generation) == .againAfterBackoff)
  }

  @Test mutating func `A static member leaves silently`() {
    var configuration = ConsumerConfiguration()
    configuration.groupInstanceID = "i"
    member = ClassicMember(configuration, group: "g")
    join(1)
    #expect(member.heartbeat().groupInstanceId == "i")
    #expect(member.leave("over") == nil)
    #expect(member.state == .unjoined)
  }

  @Test mutating func `A commit refused during a rebalance may be retried, and one that came too late may not`() {
    join(1)
    #expect(member.commitRefused(.rebalanceInProgress, to: member.generation) == .rebalanceInProgress)
    #expect(member.needsRejoin && member.hasGeneration)
    #expect(member.commitRefused(.unknownMemberId, to: member.generation) == .notMember)
    #expect(!member.hasGeneration)
  }
}
