import Primitives
import Testing
import Workloads

@testable import Trials

@Suite struct DurabilityContractTests {
  static let partition = TopicPartition("t", 0)

  /// One record, value 0 at offset 5, acknowledged as told; then `events`; then it is gone.
  func judge(acks: Int16 = -1, copies: [NodeID] = [1, 2, 3], minimumCopies: Int = 2, _ events: (DurabilityContract) -> Void) -> (
    violations: Int, permitted: [String]
  ) {
    let contract = DurabilityContract()
    contract.noteAcknowledged([0], in: Self.partition, from: 5, acks: acks, copies: copies, minimumCopies: minimumCopies)
    events(contract)
    let judgement = contract.judge { _ in false }
    return (judgement.violations, judgement.permitted.map(\.reason))
  }

  @Test func aRecordOfAllReplicasMayNotVanishByItself() {
    #expect(judge { _ in }.violations == 1)
  }

  @Test func aRecordThatIsThereIsNoLoss() {
    let contract = DurabilityContract()
    contract.noteAcknowledged([0, 1], in: Self.partition, from: 5, acks: -1, copies: [1], minimumCopies: 1)
    let judgement = contract.judge { _ in true }
    #expect(judgement.verdict.conclusion == .holds)
    #expect(judgement.verdict.examined == 2)
  }

  @Test func acks0AndAcks1PromiseNothing() {
    #expect(judge(acks: 0) { _ in }.permitted == ["acks=0"])
    #expect(judge(acks: 1) { _ in }.permitted == ["acks=1"])
  }

  @Test func fewerDestroyedCopiesThanTheMinimumPermitNothing() {
    #expect(judge { $0.noteDestruction(of: Self.partition, at: 1, from: 0) }.violations == 1)
  }

  @Test func asManyDestroyedCopiesAsTheMinimumPermitTheLoss() {
    let outcome = judge {
      $0.noteDestruction(of: Self.partition, at: 1, from: 0)
      $0.noteDestruction(of: Self.partition, at: 3, from: 5)
    }
    #expect(outcome.violations == 0)
    #expect(outcome.permitted == ["2 of 3 copies destroyed before they were synced, with min.insync.replicas=2"])
  }

  @Test func aSyncedCopyIsNotDestroyedByAPowerLoss() {
    let outcome = judge {
      $0.noteDestruction(of: Self.partition, at: 1, from: 6)
      $0.noteDestruction(of: Self.partition, at: 2, from: 6)
      $0.noteDestruction(of: Self.partition, at: 3, from: 6)
    }
    #expect(outcome.violations == 1)
  }

  @Test func whatHappenedBeforeTheAcknowledgementPermitsNothing() {
    let contract = DurabilityContract()
    contract.noteUncleanElection(of: Self.partition)
    contract.noteDestruction(of: Self.partition, at: 1, from: 0)
    contract.noteAcknowledged([0], in: Self.partition, from: 5, acks: -1, copies: [1], minimumCopies: 1)
    #expect(contract.judge { _ in false }.violations == 1)
  }

  @Test func anUncleanElectionGivesThePromiseUpForItsOwnPartitionOnly() {
    #expect(judge { $0.noteUncleanElection(of: Self.partition) }.permitted == ["unclean leader election"])
    #expect(judge { $0.noteUncleanElection(of: TopicPartition("t", 1)) }.violations == 1)
  }
}

@Suite struct InvariantTests {
  @Test func twoLeadersInOneEpochAreFound() {
    var leaders = OneLeaderPerEpoch()
    let partition = TopicPartition("t", 0)
    #expect(leaders.note(partition, 3, leader: 1) == nil)
    #expect(leaders.note(partition, 3, leader: 1) == nil)
    #expect(leaders.note(partition, 4, leader: 2) == nil)
    #expect(leaders.note(partition, 3, leader: 2) == "t-0: brokers 1 and 2 both lead in epoch 3")
    #expect(leaders.verdict.conclusion == .violated)
  }

  @Test func aHighWatermarkThatGoesBackIsFound() {
    var monotony = HighWatermarkMonotony()
    let partition = TopicPartition("t", 0)
    #expect(monotony.noteMove(partition, at: 1, from: 3, to: 5) == nil)
    #expect(monotony.verdict.conclusion == .holds)
    #expect(monotony.noteMove(partition, at: 1, from: 5, to: 4) != nil)
    #expect(monotony.noteTruncation(partition, at: 2, to: 3, highWatermark: 3) == nil)
    #expect(monotony.noteTruncation(partition, at: 2, to: 2, highWatermark: 3) != nil)
    #expect(monotony.verdict.caseCount == 2)
  }
}
