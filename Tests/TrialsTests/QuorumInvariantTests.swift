import Host
import Primitives
import Sim
import Testing
import Workloads

@testable import Trials

/// Literal histories of what replicas of the metadata log were given.
@Suite struct QuorumInvariantTests {
  private func commit(_ base: Int64, _ last: Int64, epoch: Int32 = 1, checksum: UInt32 = 7) -> Occurrence.MetadataCommit {
    Occurrence.MetadataCommit(baseOffset: Offset(base), lastOffset: Offset(last), epoch: LeaderEpoch(epoch), checksum: checksum)
  }

  /// The evidence that a history of batches gives, in their order; empty where nobody finds anything.
  private func evidence(_ given: [(Occurrence.MetadataCommit, String)]) -> (quorum: QuorumInvariants, words: [String]) {
    var quorum = QuorumInvariants(), words: [String] = []
    for (batch, name) in given {
      if let found = quorum.check(batch, by: name) { words.append(found) }
    }
    return (quorum, words)
  }

  private func conclusion(_ quorum: QuorumInvariants, on guarantee: Guarantee) -> Conclusion? { quorum.verdicts.first { $0.guarantee == guarantee }?.conclusion }

  @Test func `Replicas that are given the same batches agree, also one that begins anew in another life`() {
    let batches = [commit(0, 2), commit(3, 3), commit(4, 9)]
    let (quorum, words) = evidence(batches.flatMap { [($0, "controller-1"), ($0, "broker-1")] } + [(commit(0, 2), "broker-1")])
    #expect(words.isEmpty)
    #expect(conclusion(quorum, on: .committedMetadata) == .holds)
  }

  @Test(arguments: [
    Occurrence.MetadataCommit(baseOffset: 3, lastOffset: 3, epoch: 2, checksum: 7), Occurrence.MetadataCommit(baseOffset: 3, lastOffset: 3, epoch: 1, checksum: 8),
    Occurrence.MetadataCommit(baseOffset: 3, lastOffset: 4, epoch: 1, checksum: 7), Occurrence.MetadataCommit(baseOffset: 4, lastOffset: 9, epoch: 1, checksum: 7),
  ]) func `Another batch at an offset that was committed is told`(other: Occurrence.MetadataCommit) {
    let (quorum, words) = evidence([commit(0, 2), commit(3, 3), commit(4, 8)].map { ($0, "controller-1") } + [(other, "controller-2")])
    #expect(words.count == 1 && words[0].hasPrefix("controller-2 was given "))
    #expect(conclusion(quorum, on: .committedMetadata) == .violated)
  }

  @Test func `A replica that is given an offset behind a gap was given something that nobody committed`() {
    let (_, words) = evidence([(commit(0, 2), "controller-1"), (commit(5, 5), "broker-2")])
    #expect(words == ["broker-2 was given offset 5 of the metadata log, and nothing between 3 and that was ever committed"])
  }

  @Test func `An epoch has one leader, which may be told twice`() {
    var quorum = QuorumInvariants()
    let first = [(1, 1), (2, 2), (2, 2)].flatMap { quorum.checkElection(of: "controller-\($0.0)", in: LeaderEpoch(Int32($0.1)), logEndOffset: 0) }
    #expect(first.isEmpty)
    #expect(conclusion(quorum, on: .oneControllerPerEpoch) == .holds)
    let second = quorum.checkElection(of: "controller-3", in: 2, logEndOffset: 0)
    #expect(second == ["controller-2 and controller-3 both lead the metadata log in epoch 2"])
    #expect(conclusion(quorum, on: .oneControllerPerEpoch) == .violated)
  }

  @Test func `A controller that is elected has everything that was committed, and may have more`() {
    var (quorum, _) = evidence([(commit(0, 9), "controller-1")])
    let complete = quorum.checkElection(of: "controller-2", in: 2, logEndOffset: 12) + quorum.checkElection(of: "controller-3", in: 3, logEndOffset: 10)
    #expect(complete.isEmpty)
    #expect(conclusion(quorum, on: .committedMetadata) == .holds)
    let incomplete = quorum.checkElection(of: "controller-1", in: 4, logEndOffset: 9)
    #expect(incomplete == ["controller-1 leads the metadata log in epoch 4 with a log that ends at 9, and everything below 10 was committed"])
    #expect(conclusion(quorum, on: .committedMetadata) == .violated)
  }

  @Test func `At rest a controller knows of everything that was committed`() {
    var (quorum, _) = evidence([(commit(0, 9), "controller-1")])
    let complete = quorum.checkRest(of: "controller-1", committedEnd: 10), behind = quorum.checkRest(of: "controller-2", committedEnd: 9)
    #expect(complete == nil && behind != nil)
  }

  @Test func `Images at one offset are equal`() {
    var quorum = QuorumInvariants()
    let equal = quorum.checkImages(of: "controller-1", "broker-1", at: 9, areEqual: true)
    let different = quorum.checkImages(of: "controller-1", "broker-2", at: 9, areEqual: false)
    #expect(equal == nil && different == "controller-1 and broker-2 hold different metadata at offset 9")
  }

  @Test func `Nothing was examined where nothing was committed`() {
    #expect(conclusion(QuorumInvariants(), on: .committedMetadata) == .unknown)
    #expect(conclusion(QuorumInvariants(), on: .oneControllerPerEpoch) == .unknown)
  }

  @Test func `A batch is told once, by the first controller that commits it as the leader`() {
    var told = ToldMetadata()
    let world = World(seed: 1, options: WorldOptions())
    let nodes = ["controller-1", "controller-2"].map { name in world.addNode(name: name) { _ in preconditionFailure("\(name) is never started") } }
    let first = nodes[0], second = nodes[1]
    let asLeader = told.hears(of: commit(0, 2), by: first, isLeader: true)
    let asFollower = told.hears(of: commit(0, 2), by: second, isLeader: false), again = told.hears(of: commit(0, 2), by: second, isLeader: true)
    // Written by the first one, committed by the second.
    let later = told.hears(of: commit(3, 4), by: second, isLeader: true), repeated = told.hears(of: commit(3, 4), by: first, isLeader: true)
    #expect(asLeader == nil && asFollower == second && again == second)
    #expect(later == nil && repeated == first)
  }
}
