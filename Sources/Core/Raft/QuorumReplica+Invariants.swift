import Host
import Log
import Primitives

extension QuorumReplica {
  /// What one check of the invariants saw, for values that must never go back between checks.
  struct Seen {
    var epoch: LeaderEpoch
    var highWatermark: Offset
  }

  /// Checks what must hold between two events, as long as the replica has not failed. Only an observer of all replicas can check that they pass on
  /// the same records.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard !hasFailed else { return }
    log.checkInvariants(&check)
    check.require(highWatermark <= log.logEndOffset, "\(words): the high watermark \(highWatermark) is behind the log end offset \(log.logEndOffset)")
    check.require(nextDelivery <= highWatermark, "\(words): records below \(nextDelivery) were handed over, and those below \(highWatermark) are committed")
    check.require(durableEndOffset <= log.logEndOffset, "\(words): \(durableEndOffset) offsets count as synced, and the log ends at \(log.logEndOffset)")
    check.require(latestEpoch <= epoch, "\(words): its log has records of epoch \(latestEpoch), and it is in epoch \(epoch)")
    if let seen {
      check.require(epoch >= seen.epoch, "\(words): the epoch went back from \(seen.epoch) to \(epoch)")
      check.require(highWatermark >= seen.highWatermark, "\(words): the high watermark went back from \(seen.highWatermark) to \(highWatermark)")
    }
    seen = Seen(epoch: epoch, highWatermark: highWatermark)
    checkRole(&check)
    checkVoters(&check)
    checkSnapshots(&check)
  }

  /// Checks that what the log keeps about its batches is what the batches say. Reads the log: not for checks between two events.
  public func checkLogContents(_ check: inout InvariantCheck) {
    if !hasFailed { log.checkContents(&check) }
  }

  // MARK: In the middle of an event

  /// A new life has read what the former one stored of elections.
  func requireBeginning(with stored: QuorumState?) {
    mustHold(
      stored.map { $0.epoch < epoch || $0.epoch == epoch && votedFor?.id == ($0.votedFor?.id ?? $0.leader) } ?? true,
      "\(words): it begins in epoch \(epoch) with \(vote(votedFor)), and has stored \(vote(stored?.votedFor)) in epoch \(stored?.epoch ?? .unknown)")
    remembered.votedFor = votedFor
  }

  /// A vote counts.
  func requireVote(of voter: NodeID, askedIn epoch: LeaderEpoch, countsIn election: LeaderEpoch) {
    mustHold(epoch == election, "\(words): node \(voter) was asked in epoch \(epoch), and its vote counts in epoch \(election)")
  }

  /// The role has changed.
  func requireChange(from former: QuorumRole) {
    mustHold(role.epoch >= former.epoch, "\(words): it goes from epoch \(former.epoch) back to epoch \(role.epoch)")
    guard role.epoch == former.epoch, let leader = role.leader, let formerLeader = former.leader else { return }
    mustHold(leader == formerLeader, "\(words): node \(formerLeader) led epoch \(role.epoch), and now node \(leader) does")
  }

  /// Called with what is to be stored of elections.
  func requireMemory(of state: QuorumState) {
    mustHold(
      state.epoch >= remembered.epoch && state.epoch == epoch,
      "\(words): it stores epoch \(state.epoch), has stored epoch \(remembered.epoch), and is in epoch \(epoch)")
    if state.epoch == remembered.epoch, let former = remembered.votedFor {
      mustHold(state.votedFor.map(former.matches) ?? false, "\(words): it stores \(vote(state.votedFor)) in epoch \(epoch), where it gave \(vote(former))")
    }
    remembered = state
  }

  private func vote(_ candidate: ReplicaKey?) -> String { candidate.map { "its vote for node \($0)" } ?? "no vote" }

  /// It goes on to fetch.
  func requireFollowing() {
    mustHold(remembered.epoch == epoch, "\(words): it follows epoch \(epoch), and has stored epoch \(remembered.epoch)")
    mustHold(electionTimer != nil || !isVoter, "\(words): it is a voter, and no timer looks after the leader of epoch \(epoch)")
  }

  /// The election is won.
  func requireElection(grantedBy granting: [NodeID], in epoch: LeaderEpoch) {
    mustHold(
      granting.count * 2 > voters.count && granting.allSatisfy { voters.contains($0) }, "\(words): nodes \(granting) elected it in epoch \(epoch), of the voters \(voters.map(\.id))")
    mustHold(latestEpoch < epoch, "\(words): it is to lead epoch \(epoch), and its log has records of epoch \(latestEpoch)")
  }

  /// More is committed than before. Recomputed from how far the voters are, and from the log (Raft, section 5.4.2).
  func requireCommit(of end: Offset, by leading: QuorumLeader) {
    mustHold(
      leading.decidesAlone || leading.replicas.count { $0.isVoter && $0.logEndOffset >= end } * 2 > voters.count,
      "\(words): what is below \(end) counts as committed, and the replicas have \(leading.replicas.map { "\($0.id): \($0.logEndOffset)" }) of the voters \(voters.map(\.id))")
    mustHold(
      log.epoch(at: end - 1) == leading.epoch,
      "\(words): it commits what is below \(end), the last of epoch \(log.epoch(at: end - 1) ?? .unknown), and leads epoch \(leading.epoch)")
  }

  /// A fetch is served: the log here has records of the epoch of the replica's last one, or the oldest snapshot ends with it.
  func requirePosition(at offset: Offset, _ epoch: LeaderEpoch) {
    let known = log.endOffset(of: epoch)
    mustHold(
      offset <= log.logEndOffset && (offset <= log.logStartOffset || known.map { $0.epoch == epoch && $0.endOffset >= offset } ?? false || snapshots.earliest?.epoch == epoch),
      "\(words): it serves a fetch from offset \(offset) behind a record of epoch \(epoch), has no such record, and its log ends at \(log.logEndOffset)")
  }

  /// The leadership is over, for whoever waited for it.
  func requireEnd(of leading: QuorumLeader) {
    mustHold(
      leading.appends.isEmpty && leading.fetches.isEmpty && leading.change == nil && leaderTimer == nil,
      "\(words): its leadership of epoch \(leading.epoch) is over, and \(leading.appends.count) appends and \(leading.fetches.numbers.count) fetches wait for it")
  }

  /// The log was cut where it parts from the leader's.
  func requireCut(at diverging: LeaderEpoch, _ end: Offset) {
    mustHold(
      log.latestEpoch.map { ($0, log.logEndOffset) <= (diverging, end) } ?? true,
      "\(words): it was cut at offset \(log.logEndOffset) of epoch \(log.latestEpoch ?? .unknown), and the leader's ends at \(end) in epoch \(diverging)")
    mustHold(durableEndOffset <= log.logEndOffset, "\(words): it was cut at offset \(log.logEndOffset), and \(durableEndOffset) offsets count as synced")
    mustHold(
      (voterSetOffset ?? -1) < log.logEndOffset && voters == history.voters,
      "\(words): it was cut at offset \(log.logEndOffset), and its voters \(voters.map(\.id)) stand at \(voterSetOffset ?? -1)")
  }

  /// A snapshot from the leader took the place of the log.
  func requireAdoption(of id: SnapshotID) {
    guard !hasFailed else { return }
    let ends = [log.logStartOffset, log.logEndOffset, durableEndOffset, highWatermark, nextDelivery]
    mustHold(
      ends.allSatisfy { $0 == id.endOffset },
      "\(words): a snapshot up to offset \(id.endOffset) took its place, and begin, end, what is synced, committed and handed over are \(ends)")
  }

  private func checkVoters(_ check: inout InvariantCheck) {
    check.require(voters == history.voters, "\(words): its voters are \(voters.map(\.id)), and those of its log \(history.voters.map(\.id))")
    check.require(
      (voterSetOffset ?? -1) < log.logEndOffset, "\(words): its voters stand at offset \(voterSetOffset ?? -1), and the log ends at \(log.logEndOffset)")
    if let leading, leading.isAnnounced {
      // Before, those of an earlier leader may not be committed either.
      let pending = history.sets.count { $0.offset >= highWatermark }
      check.require(pending <= 1, "\(words): \(pending) voter sets are not committed, with the high watermark \(highWatermark)")
      check.require(
        isVoter || hasStaticVoters || (voterSetOffset ?? -1) >= highWatermark, "\(words): it leads epoch \(epoch), and the committed voters are \(voters.map(\.id))")
    }
    guard check.isWhole else { return }
    check.requireOrder(of: history.sets, { $0.offset < $1.offset }) { "\(words): the voters at offset \($1.offset) stand behind those at \($0.offset)" }
    // The first leader wrote the set that it was formatted with, and nobody says that all were formatted with the same.
    check.requireOrder(of: history.sets.filter { $0.offset >= 0 }, { $0.value.overlaps($1.value) }) {
      "\(words): voters \($0.value.map(\.id)) at offset \($0.offset) and \($1.value.map(\.id)) at \($1.offset) have majorities without a common member"
    }
  }

  var words: String { "metadata log at node \(configuration.nodeID)" }

  private func checkRole(_ check: inout InvariantCheck) {
    switch role {
    case .unattached: break
    case .follower(_, let leader):
      check.require(leader != configuration.nodeID, "\(words): it follows itself in epoch \(epoch)")
    case .prospective(_, let ballot), .candidate(_, let ballot):
      check.require(isVoter || configuration.switches.standUntilRemovalIsCommitted, "\(words): it stands for election in epoch \(epoch), and is no voter")
      check.require(
        electionTimer != nil || voters.isOnlyVoter(replica), "\(words): it stands for election in epoch \(epoch), and no timer looks after it")
      check.require(
        (ballot.granted.first == configuration.nodeID || !isVoter) && ballot.granted.count <= voters.count,
        "\(words): nodes \(ballot.granted) gave it their votes in epoch \(epoch), of \(voters.count) voters")
      if case .candidate = role { checkOwnVote(&check) }
    case .leader(let leading):
      check.require(leading.replica == replica && (isVoter || !hasStaticVoters), "\(words): it leads epoch \(epoch) as \(leading.id)")
      checkOwnVote(&check)
      leading.checkInvariants(&check, words, highWatermark: highWatermark, logEndOffset: log.logEndOffset)
    }
  }

  private func checkOwnVote(_ check: inout InvariantCheck) {
    check.require(
      votedFor?.matches(replica) == true, "\(words): it asks for votes or leads in epoch \(epoch), where its own vote is for \(votedFor.map { "\($0)" } ?? "nobody")")
  }
}

extension QuorumLeader {
  func checkInvariants(_ check: inout InvariantCheck, _ words: @autoclosure () -> String, highWatermark: Offset, logEndOffset: Offset) {
    check.require(startOffset <= logEndOffset, "\(words()): its epoch \(epoch) begins at \(startOffset), and the log ends at \(logEndOffset)")
    check.require(!isAnnounced || highWatermark > startOffset, "\(words()): it may append in epoch \(epoch), of which nothing is committed")
    if let committedEnd {
      check.require(
        committedEnd <= highWatermark, "\(words()): a majority has everything below \(committedEnd), and \(highWatermark) is committed")
    }
    if let first = appends.first, let last = appends.last {
      check.require(first.lastOffset >= highWatermark, "\(words()): an append waits up to offset \(first.lastOffset), and \(highWatermark) is committed")
      check.require(last.lastOffset < logEndOffset, "\(words()): an append waits up to offset \(last.lastOffset), and the log ends at \(logEndOffset)")
    }
    for replica in replicas {
      check.require(
        replica.logEndOffset <= logEndOffset, "\(words()): node \(replica.id) fetched from offset \(replica.logEndOffset), and the log ends at \(logEndOffset)")
    }
    guard check.isWhole else { return }
    check.requireOrder(of: appends, { $0.lastOffset <= $1.lastOffset }) { "\(words()): the append up to \($1.lastOffset) stands behind that up to \($0.lastOffset)" }
    check.requireOrder(of: fetches.numbers, <) { "\(words()): fetch \($1) stands behind fetch \($0)" }
    for (index, replica) in replicas.enumerated() {
      check.require(!replicas[..<index].contains { $0.key == replica.key }, "\(words()): node \(replica.id) counts twice")
      check.require(replica.isVoter || !replicas[index...].contains(where: \.isVoter), "\(words()): node \(replica.id), which observes, stands before voters")
    }
  }
}
