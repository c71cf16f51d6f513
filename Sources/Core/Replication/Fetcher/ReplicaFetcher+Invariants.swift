import Host
import Primitives

extension FetcherTable {
  func checkInvariants(_ check: inout InvariantCheck) {
    check.requireOrder(of: all, { $0.leaderID < $1.leaderID }) { "the fetcher of broker \($1.leaderID) stands behind that of broker \($0.leaderID)" }
    check.each(of: all) { fetcher, check in fetcher.checkInvariants(&check) }
  }
}

extension ReplicaFetcher {
  func checkInvariants(_ check: inout InvariantCheck) {
    let partitions = all
    if check.isWhole {
      let awake = partitions.count(where: { !$0.isResting })
      check.require(restless.count == awake, "\(words): \(restless.count) partitions are in the restless list, but \(awake) do not rest")
    }
    check.each(of: restless.members) { entry, check in
      check.require(!entry.isResting, "\(words): \(entry.partition.topicPartition) rests, but is in the restless list")
    }
    check.each(of: partitions) { entry, check in entry.checkInvariants(&check, words) }
    checkIdleness(&check)
  }

  private var words: String { "broker \(manager.localID), fetcher of broker \(leaderID)" }

  /// Checks that a fetcher with something to fetch has a request in flight. A delayed partition, or one that waits for its own sync, is woken
  /// otherwise.
  private func checkIdleness(_ check: inout InvariantCheck) {
    guard !isBusy, !manager.isShutDown, address != nil, !restless.members.contains(where: \.waitsForSync) else { return }
    if let end = restless.members.lazy.filter({ $0.isActive && $0.phase != .failed }).compactMap(\.delayedUntil).min() {
      check.require(wakeUp.due.map { $0 <= max(end, manager.reactor.now) } ?? false, "\(words): a partition waits until \(end), and no timer looks after it")
    }
    check.each(of: restless.members) { entry, check in
      check.require(
        !(entry.isActive && entry.delayedUntil == nil && entry.phase != .failed), "\(words): \(entry.partition.topicPartition) is to be fetched, and nothing is under way")
    }
  }
}

extension FetcherPartition {
  /// States that it asks for what comes next in its log, in the epoch in which the replica follows.
  func requirePosition(_ position: Position) {
    mustHold(
      position.fetchOffset == partition.logEndOffset && position.leaderEpoch == partition.leaderEpoch
        && (partition.switches.truncation != .fetchDivergence || position.lastFetchedEpoch == partition.log?.latestEpoch ?? .unknown),
      "\(partition.topicPartition): broker \(fetcher.manager.localID) fetches from \(position.fetchOffset) behind epoch \(position.lastFetchedEpoch), in epoch "
        + "\(position.leaderEpoch); its log ends at \(partition.logEndOffset) behind epoch \(partition.log?.latestEpoch ?? .unknown), and it follows in epoch \(partition.leaderEpoch)")
  }

  func checkInvariants(_ check: inout InvariantCheck, _ words: @autoclosure () -> String) {
    guard isActive else { return check.require(!isResting, "\(words()): \(partition.topicPartition) is not replicated from here, and rests") }
    check.require(partition.fetching === self, "\(words()): \(partition.topicPartition) is replicated from elsewhere, too")
    guard isResting else { return }
    check.require(isInSession && phase == .fetching, "\(words()): \(partition.topicPartition) rests, and the leader's session does not ask for it")
    // Every change of what is asked for makes the partition restless.
    check.require(
      sent.fetchOffset == fetchOffset && sent.leaderEpoch == leaderEpoch,
      "\(words()): \(partition.topicPartition) rests at offset \(sent.fetchOffset) of epoch \(sent.leaderEpoch), and stands at \(fetchOffset) of \(leaderEpoch)")
  }
}
