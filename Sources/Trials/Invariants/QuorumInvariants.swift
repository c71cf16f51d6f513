import Host
import Primitives
import Workloads

/// What must hold of the replicas of the metadata log together, which none of them can see.
///
/// `committed-metadata`: every replica, controller or broker, is given the same batches at the same offsets, in every life; a controller that is elected
/// has all of them in its log (Raft's leader completeness); at the end each controller has all of them, and images at equal offsets are equal.
/// `one-controller-per-epoch`: an epoch of the quorum has one leader (Raft's election safety).
///
/// Kafka's own raft simulation asserts the same (`RaftEventSimulationTest`: `SingleLeader`, `ConsistentCommittedData`, `MajorityReachedHighWatermark`).
struct QuorumInvariants {
  /// In the order of their offsets, without a gap.
  private var committed: [Occurrence.MetadataCommit] = []
  /// By name, as all nodes here.
  private var leaders: [LeaderEpoch: String] = [:]
  private var agreement = Findings()
  private var elections = Findings()

  /// The offset behind the last one that was committed.
  var end: Offset { committed.last.map { $0.lastOffset + 1 } ?? 0 }

  /// A replica was given a batch. Returns the evidence where another one was given something else, of the first ones: once logs have parted, every batch is another one.
  mutating func check(_ commit: Occurrence.MetadataCommit, by name: @autoclosure () -> String) -> String? {
    agreement.examined += 1
    guard commit.baseOffset < end else {
      let expected = end
      committed.append(commit)
      guard commit.baseOffset != expected else { return nil }
      return finding("\(name()) was given offset \(commit.baseOffset) of the metadata log, and nothing between \(expected) and that was ever committed", at: expected)
    }
    let known = committed[place(of: commit.baseOffset)]
    guard known != commit else { return nil }
    return finding("\(name()) was given \(words(commit)) of the metadata log, where \(words(known)) was committed before", at: known.baseOffset, commit.epoch)
  }

  /// A controller was elected. Returns the evidence of each rule that this breaks.
  ///
  /// - Parameter logEndOffset: where its log ended when it was elected; nil where nobody can look.
  mutating func checkElection(of controller: String, in epoch: LeaderEpoch, logEndOffset: Offset?) -> [String] {
    var evidence: [String] = []
    elections.examined += 1
    if let known = leaders[epoch], known != controller {
      evidence.append("\(known) and \(controller) both lead the metadata log in epoch \(epoch)")
      elections.add(evidence[0], about: .metadata(epoch: epoch))
    }
    leaders[epoch] = controller
    if let logEndOffset, logEndOffset < end {
      let words = "\(controller) leads the metadata log in epoch \(epoch) with a log that ends at \(logEndOffset), and everything below \(end) was committed"
      if let told = finding(words, at: logEndOffset, epoch) { evidence.append(told) }
    }
    return evidence
  }

  /// The cluster is at rest: a controller must have everything that was ever committed.
  mutating func checkRest(of controller: @autoclosure () -> String, committedEnd: Offset) -> String? {
    agreement.examined += 1
    guard committedEnd < end else { return nil }
    return finding("\(controller()) knows of \(committedEnd) committed offsets of the metadata log when everything is over, and there were \(end)", at: committedEnd)
  }

  /// Two nodes hold the metadata up to the same offset.
  mutating func checkImages(of first: @autoclosure () -> String, _ second: @autoclosure () -> String, at offset: Offset, areEqual: Bool) -> String? {
    agreement.examined += 1
    return areEqual ? nil : finding("\(first()) and \(second()) hold different metadata at offset \(offset)", at: offset)
  }

  /// Whether replicas were given different batches, or something that was committed is gone.
  var isBroken: Bool { !agreement.cases.isEmpty }

  var verdicts: [Verdict] { [elections.verdict(on: .oneControllerPerEpoch), agreement.verdict(on: .committedMetadata)] }

  private mutating func finding(_ evidence: String, at offset: Offset, _ epoch: LeaderEpoch = .unknown) -> String? {
    agreement.add(evidence, about: .metadata(epoch: epoch, offset: offset))
    return agreement.count <= Findings.worded ? evidence : nil
  }

  /// Of the batch that holds an offset, or the one before a gap.
  private func place(of offset: Offset) -> Int {
    var low = 0, high = committed.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if committed[middle].baseOffset <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private func words(_ commit: Occurrence.MetadataCommit) -> String {
    let offsets = commit.baseOffset == commit.lastOffset ? "offset \(commit.baseOffset)" : "offsets \(commit.baseOffset) to \(commit.lastOffset)"
    return "\(offsets) of epoch \(commit.epoch) with checksum \(commit.checksum)"
  }
}
