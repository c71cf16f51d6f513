import Primitives

/// `committed-offsets`: a group's committed offset is not lost, and goes back only if the owner of the partition or an operator asked for it.
///
/// The check uses confirmed commits, the offsets at which members start in partitions that they get, and what the cluster reports as committed. For commits
/// that overlapped in time, the order of execution is unknown: each of them may count. Offsets committed in a transaction may reach the group some time after the
/// producer was told; a member that starts waits for that, but the cluster may still report the earlier offset.
func checkCommittedOffsets(_ group: GroupAnalysis, _ findings: inout Findings) {
  var check = CommittedOffsetCheck(group)
  findings = check.run(findings)
}

private struct CommittedOffsetCheck {
  /// What the committed offset of one partition may be.
  private struct State {
    /// Confirmed commits that have not certainly been replaced, as indexes.
    var candidates: [Int] = []
    /// What the cluster reported, or an operator set; later commits are in `candidates`.
    var known: (offset: Offset, position: Int)?
    /// Processes that got the partition and have not read there yet, with the offset below which they must not start.
    var begins: [(process: ProcessNumber, floor: Offset)] = []
    /// Requested commits that are neither refused nor confirmed yet, as indexes.
    var unsettled: [Int] = []
    var nextCommit = 0
  }

  private let group: GroupAnalysis
  private var findings = Findings()
  private var states: [State]
  private let isLeftOut: [Bool]
  /// By position of a confirmation: the commits that it confirms.
  private var confirmations: [Int: [(partition: Int, index: Int)]] = [:]

  init(_ group: GroupAnalysis) {
    self.group = group
    states = group.commits.map { _ in State() }
    isLeftOut = group.commits.indices.map(group.isOfDeletedTopic)
    for (partition, commits) in group.commits.enumerated() {
      for (index, commit) in commits.enumerated() { if let position = commit.acknowledged { confirmations[position, default: []].append((partition, index)) } }
    }
  }

  mutating func run(_ findings: Findings) -> Findings {
    self.findings = findings
    for position in group.positions {
      let operation = group.history.operations[position]
      switch operation.function {
      case .commit, .commitTransaction: for (partition, index) in confirmations[position] ?? [] where !isLeftOut[partition] { observeConfirmation(partition, index) }
      case .gain: forEachPartition(of: operation) { check, partition, _ in check.observeGain(partition, operation.process) }
      case .giveUp, .lose: forEachPartition(of: operation) { check, partition, _ in check.states[partition].begins.removeAll { $0.process == operation.process } }
      case .poll: observePoll(operation)
      case .reset: observeReset(operation, position)
      case .inspect: forEachPartition(of: operation) { check, partition, entry in check.observeAnswer(partition, entry.offset, position) }
      case .send, .assign, .work, .end, .begin, .abortTransaction: break
      }
    }
    return self.findings
  }

  private mutating func forEachPartition(of operation: History.Operation, _ body: (inout Self, Int, History.Entry) -> Void) {
    for entry in group.history.entries(of: operation) {
      let partition = group.number(of: entry)
      if !isLeftOut[partition] { body(&self, partition, entry) }
    }
  }

  /// The lowest offset that may be committed; nil if perhaps none is.
  private mutating func floor(_ partition: Int, upTo position: Int) -> Offset? {
    settleCommits(partition, upTo: position)
    let state = states[partition], commits = group.commits[partition]
    guard let least = (state.candidates.map { commits[$0].offset } + (state.known.map { [$0.offset] } ?? [])).min(), least != .unknown else { return nil }
    // An entitled process may have asked for a lower offset and never learned whether that took effect.
    let unsure = state.unsettled.map { commits[$0] }.filter { $0.offset < least && group.isEntitled($0.process, to: partition, at: $0.invoked) }
    return unsure.map(\.offset).min() ?? least
  }

  private mutating func settleCommits(_ partition: Int, upTo position: Int) {
    let commits = group.commits[partition]
    states[partition].unsettled.removeAll { (commits[$0].acknowledged ?? .max) <= position }
    while states[partition].nextCommit < commits.count, commits[states[partition].nextCommit].invoked < position {
      let index = states[partition].nextCommit
      states[partition].nextCommit += 1
      if !commits[index].isRefused, (commits[index].acknowledged ?? .max) > position { states[partition].unsettled.append(index) }
    }
  }

  private mutating func observeConfirmation(_ partition: Int, _ index: Int) {
    let commit = group.commits[partition][index], commits = group.commits[partition]
    findings.examined += 1
    let former = states[partition].candidates.filter { (commits[$0].acknowledged ?? .max) < commit.invoked }
    let known = states[partition].known.flatMap { $0.position < commit.invoked ? $0.offset : nil }
    if let least = (former.map { commits[$0].offset } + [known].compactMap { $0 }).min(), commit.offset < least,
      !group.isEntitled(commit.process, to: partition, at: commit.invoked)
    {
      findings.add(
        "\(group.words(partition)): \(group.words(commit.process)), which did not own it, took the committed offset back from \(least) to \(commit.offset)",
        about: group.subject(partition, offset: commit.offset))
    }
    states[partition].candidates.removeAll(where: former.contains)
    states[partition].candidates.append(index)
    if known != nil { states[partition].known = nil }
  }

  private mutating func observeGain(_ partition: Int, _ process: ProcessNumber) {
    states[partition].begins.removeAll { $0.process == process }
    // The floor as of when the process got the partition: later commits only raise it.
    guard let position = group.tenures[partition].last(where: { $0.process == process })?.from, let floor = floor(partition, upTo: position) else { return }
    states[partition].begins.append((process, floor))
  }

  private mutating func observePoll(_ operation: History.Operation) {
    forEachPartition(of: operation) { check, partition, entry in
      guard let place = check.states[partition].begins.firstIndex(where: { $0.process == operation.process }) else { return }
      let floor = check.states[partition].begins.remove(at: place).floor
      check.findings.examined += 1
      guard entry.offset < floor else { return }
      check.findings.add(
        "\(check.group.words(partition)): \(check.group.words(operation.process)) got it and began at offset \(entry.offset), although \(floor) was committed",
        about: check.group.subject(partition, offset: floor))
    }
  }

  private mutating func observeReset(_ operation: History.Operation, _ position: Int) {
    guard let (partition, from, to) = group.reset(operation), !isLeftOut[partition] else { return }
    if group.role(of: operation.process) == .operator {
      states[partition].candidates = []
      states[partition].known = (to, position)
      states[partition].begins = []
      return
    }
    guard let place = states[partition].begins.firstIndex(where: { $0.process == operation.process }) else { return }
    let floor = states[partition].begins.remove(at: place).floor
    guard from == .unknown else { return }
    findings.examined += 1
    findings.add(
      "\(group.words(partition)): \(group.words(operation.process)) got it and found no committed offset, although \(floor) was committed",
      about: group.subject(partition, offset: floor))
  }

  private mutating func observeAnswer(_ partition: Int, _ offset: Offset, _ position: Int) {
    defer {
      // From now on this is what is committed.
      states[partition].candidates = []
      states[partition].known = (offset, position)
    }
    let mayBeUnderWay = states[partition].candidates.contains { group.commits[partition][$0].transaction != .none }
    guard let floor = floor(partition, upTo: position) else { return }
    findings.examined += 1
    if offset < floor, !mayBeUnderWay {
      let words = offset == .unknown ? "no offset" : "offset \(offset)"
      findings.add(
        "\(group.words(partition)): the cluster says at \(group.told(position)) that \(words) is committed, although \(floor) was", about: group.subject(partition, offset: floor))
    } else if let former = states[partition].known, offset < former.offset, !isAskedFor(offset, partition, from: former.position, to: position) {
      findings.add(
        "\(group.words(partition)): the cluster said at \(group.told(former.position)) that offset \(former.offset) is committed, and says at \(group.told(position)) that "
          + "\(offset) is: no owner of the partition asked for that", about: group.subject(partition, offset: offset))
    }
  }

  /// Whether an entitled process may have committed an offset between two positions.
  private func isAskedFor(_ offset: Offset, _ partition: Int, from: Int, to: Int) -> Bool {
    group.commits[partition].contains { commit in
      commit.offset == offset && commit.invoked < to && !commit.isRefused && (commit.acknowledged ?? .max) > from
        && group.isEntitled(commit.process, to: partition, at: max(commit.invoked, from))
    }
  }
}
