import Measurement
import Primitives
import Testing
import Workloads

@testable import Trials

@Suite struct DurabilityContractTests {
  static let partition: PartitionNumber = 0
  static let other: PartitionNumber = 1

  func judge(_ contract: DurabilityContract, _ deletions: Deletions = Deletions(), unreadable: Set<PartitionNumber> = [], isPresent: Bool = false)
    -> DurabilityContract.Judgement
  {
    contract.judge(
      DurabilityContract.Findspots(
        deletions: deletions, isPresent: { _ in isPresent }, unreadable: unreadable, words: { "t-\($0.number)" }, whereabouts: { _, _, _ in "is gone" }))
  }

  /// One record, value 0 at offset 5, committed in epoch 3 and acknowledged as told; then `events`; then it is gone.
  func judge(
    acks: Int16 = -1, copies: [NodeID] = [1, 2, 3], minimumCopies: Int = 2, offset: Offset = 5, deletions: Deletions = Deletions(),
    _ events: (DurabilityContract) -> Void
  ) -> (violations: Int, permitted: [String], deleted: [String]) {
    let contract = DurabilityContract()
    contract.recordAcknowledged(
      [0], in: Self.partition, from: offset, acks: acks, DurabilityContract.Commit(epoch: 3, copies: copies, minimumCopies: minimumCopies))
    events(contract)
    let judgement = judge(contract, deletions)
    return (judgement.violations, judgement.permitted.map(\.reason), judgement.deleted.map(\.reason))
  }

  @Test func `A record that all replicas had may not vanish by itself`() {
    #expect(judge { _ in }.violations == 1)
  }

  @Test func `A record that is present is not a loss`() {
    let contract = DurabilityContract()
    contract.recordAcknowledged([0, 1], in: Self.partition, from: 5, acks: -1, DurabilityContract.Commit(copies: [1], minimumCopies: 1))
    let judgement = judge(contract, isPresent: true)
    #expect(judgement.verdict.conclusion == .holds)
    #expect(judgement.verdict.examined == 2)
  }

  @Test func `Values that compaction may have removed count as deleted, not as lost`() {
    let contract = DurabilityContract()
    contract.recordAcknowledged([0, 1], in: Self.partition, from: 5, acks: -1, DurabilityContract.Commit(copies: [1], minimumCopies: 1))
    let judgement = contract.judge(
      DurabilityContract.Findspots(
        isPresent: { _ in false }, isSuperseded: { $0 == 0 }, words: { "t-\($0.number)" }, whereabouts: { _, _, _ in "is gone" }))
    #expect(judgement.deleted.map(\.reason) == ["compaction"] && judgement.deleted.map(\.count) == [1])
    #expect(judgement.violations == 1 && judgement.verdict.cases[0].contains("value 1") && judgement.excused.isEmpty)
  }

  @Test func `A permitted loss is reported with its value`() {
    let contract = DurabilityContract()
    contract.recordAcknowledged([3], in: Self.partition, from: 5, acks: 1, DurabilityContract.Commit(copies: [1], minimumCopies: 1))
    #expect(judge(contract).excused == [3])
  }

  @Test func `Acks=0 and acks=1 promise nothing`() {
    #expect(judge(acks: 0) { _ in }.permitted == ["acks=0"])
    #expect(judge(acks: 1) { _ in }.permitted == ["acks=1"])
  }

  @Test func `Destroying fewer copies than the minimum permits nothing`() {
    #expect(judge { $0.recordDestruction(of: Self.partition, at: 1, from: 0) }.violations == 1)
  }

  @Test func `Destroying as many copies as the minimum permits the loss`() {
    let outcome = judge {
      $0.recordDestruction(of: Self.partition, at: 1, from: 0)
      $0.recordDestruction(of: Self.partition, at: 3, from: 5)
    }
    #expect(outcome.violations == 0)
    #expect(outcome.permitted == ["2 of 3 copies destroyed before they were synced, with min.insync.replicas=2"])
  }

  @Test func `A synced copy is not destroyed by a power loss`() {
    let outcome = judge {
      $0.recordDestruction(of: Self.partition, at: 1, from: 6)
      $0.recordDestruction(of: Self.partition, at: 2, from: 6)
      $0.recordDestruction(of: Self.partition, at: 3, from: 6)
    }
    #expect(outcome.violations == 1)
  }

  @Test func `What happened before the commit permits nothing`() {
    let contract = DurabilityContract()
    contract.recordUncleanElection(of: Self.partition, epoch: 3)
    contract.recordDestruction(of: Self.partition, at: 1, from: 0)
    contract.recordAcknowledged(
      [0], in: Self.partition, from: 5, acks: -1,
      DurabilityContract.Commit(epoch: 3, copies: [1], minimumCopies: 1, sequence: contract.sequence))
    #expect(judge(contract).violations == 1)
  }

  @Test func `An unclean election gives up the promise only for its own partition`() {
    #expect(judge { $0.recordUncleanElection(of: Self.partition, epoch: 4) }.permitted == ["unclean leader election"])
    #expect(judge { $0.recordUncleanElection(of: Self.other, epoch: 4) }.violations == 1)
  }

  @Test func `A leader of an earlier epoch that keeps acknowledging after an unclean election promises nothing`() {
    let contract = DurabilityContract()
    contract.recordUncleanElection(of: Self.partition, epoch: 4)
    let zombie = DurabilityContract.Commit(epoch: 3, copies: [1], minimumCopies: 1, sequence: contract.sequence)
    contract.recordAcknowledged([0], in: Self.partition, from: 5, acks: -1, zombie)
    #expect(judge(contract).permitted.map(\.reason) == ["unclean leader election"])
  }

  @Test func `If the epoch is unknown, an unclean election counts for what was acknowledged before it`() {
    let contract = DurabilityContract()
    contract.recordAcknowledged([0], in: Self.partition, from: 5, acks: -1, DurabilityContract.Commit(copies: [1], minimumCopies: 1))
    contract.recordUncleanElection(of: Self.partition, epoch: 4)
    contract.recordAcknowledged(
      [1], in: Self.partition, from: 6, acks: -1, DurabilityContract.Commit(copies: [1], minimumCopies: 1, sequence: contract.sequence))
    let judgement = judge(contract)
    #expect(judgement.violations == 1 && judgement.permitted.map(\.count) == [1])
  }

  @Test(arguments: [Int16(-1), 0, 1]) func `Records that a rule deleted count as deleted, whatever the acks`(acks: Int16) {
    var deletions = Deletions()
    deletions.add(below: 6, of: Self.partition, by: .log(.retentionTime), at: .zero)
    let outcome = judge(acks: acks, deletions: deletions) { _ in }
    #expect(outcome.deleted == ["retention.ms"] && outcome.permitted == [] && outcome.violations == 0)
  }

  @Test func `A record that is gone at the log start offset set by a rule is a violation`() {
    var deletions = Deletions()
    deletions.add(below: 5, of: Self.partition, by: .log(.deleteRecords), at: .zero)
    deletions.add(below: 9, of: Self.other, by: .log(.deleteRecords), at: .zero)
    #expect(judge(deletions: deletions) { _ in }.violations == 1)
  }

  @Test func `A deleted topic takes everything with it, including records without a known offset`() {
    var deletions = Deletions()
    deletions.addTopicDeletion(of: Self.partition, at: .zero)
    #expect(judge(deletions: deletions) { _ in }.deleted == ["deletion of the topic"])
    #expect(judge(acks: 0, offset: .unknown, deletions: deletions) { _ in }.deleted == ["deletion of the topic"])
  }

  @Test func `A partition that no broker can serve is not examined`() {
    let contract = DurabilityContract()
    contract.recordAcknowledged([0], in: Self.partition, from: 5, acks: -1, DurabilityContract.Commit(copies: [1], minimumCopies: 1))
    #expect(judge(contract, unreadable: [Self.partition]).verdict.conclusion == .unknown)
  }

  @Test func `Losses are violations and permitted losses together, and deletions are separate`() {
    var deletions = Deletions()
    deletions.add(below: 2, of: Self.partition, by: .log(.retentionSize), at: .zero)
    let contract = DurabilityContract()
    let commit = DurabilityContract.Commit(copies: [1], minimumCopies: 1)
    contract.recordAcknowledged([0, 1, 2], in: Self.partition, from: 0, acks: -1, commit)
    contract.recordAcknowledged([3], in: Self.partition, from: 3, acks: 1, commit)
    var delivery = Delivery()
    delivery.take(judge(contract, deletions))
    #expect(delivery.lost == 2 && delivery.permittedLoss == 1 && delivery.violations == 1)
    #expect(delivery.deleted == 2 && delivery.deletedBy == [ReasonCount(reason: "retention.bytes", count: 2)])
  }
}

@Suite struct InvariantTests {
  @Test func `Two leaders in one epoch are detected`() {
    var leaders = OneLeaderPerEpoch()
    let partition = TopicPartition("t", 0)
    let topic = Uuid(high: 1, low: 1)
    #expect(leaders.check(partition, topicID: topic, 3, leader: 1) == nil)
    #expect(leaders.check(partition, topicID: topic, 3, leader: 1) == nil)
    #expect(leaders.check(partition, topicID: topic, 4, leader: 2) == nil)
    #expect(leaders.check(partition, topicID: topic, 3, leader: 2) == "t-0: brokers 1 and 2 both lead in epoch 3")
    #expect(leaders.verdict.conclusion == .violated)
  }

  @Test func `A recreated topic starts with its first epoch`() {
    var leaders = OneLeaderPerEpoch()
    #expect(leaders.check(TopicPartition("t", 0), topicID: Uuid(high: 1, low: 1), 0, leader: 1) == nil)
    #expect(leaders.check(TopicPartition("t", 0), topicID: Uuid(high: 1, low: 2), 0, leader: 2) == nil)
    #expect(leaders.verdict.conclusion == .holds)
  }

  @Test func `A high watermark that goes back is detected`() {
    var monotony = HighWatermarkMonotony()
    let partition = TopicPartition("t", 0)
    #expect(monotony.checkMove(partition, at: 1, from: 3, to: 5) == nil)
    #expect(monotony.verdict.conclusion == .holds)
    #expect(monotony.checkMove(partition, at: 1, from: 5, to: 4) != nil)
    #expect(monotony.checkTruncation(partition, at: 2, to: 3, highWatermark: 3) == nil)
    #expect(monotony.checkTruncation(partition, at: 2, to: 2, highWatermark: 3) != nil)
    #expect(monotony.verdict.caseCount == 2)
    #expect(monotony.checkTruncation(partition, at: 2, to: 2, highWatermark: 3, isGivenUp: true) == nil)
    #expect(monotony.verdict.caseCount == 2)
  }

  @Test func `A tail that a power loss brought back may be cut once, and one that a kill left may not`() {
    var monotony = HighWatermarkMonotony()
    let partition = TopicPartition("t", 0)
    monotony.recordPowerLoss(at: 2)
    monotony.recordRecovery(partition, at: 2)
    #expect(monotony.checkTruncation(partition, at: 1, to: 2, highWatermark: 3) != nil)
    #expect(monotony.checkTruncation(partition, at: 2, to: 2, highWatermark: 3) == nil)
    #expect(monotony.checkTruncation(partition, at: 2, to: 1, highWatermark: 2) != nil)
    monotony.recordKill(of: 2)
    monotony.recordRecovery(partition, at: 2)
    #expect(monotony.checkTruncation(partition, at: 2, to: 2, highWatermark: 3) != nil)
    #expect(monotony.verdict.caseCount == 3)
  }
}
