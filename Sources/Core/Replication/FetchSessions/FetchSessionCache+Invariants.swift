import Host
import Primitives

extension FetchSessionCache {
  func checkInvariants(_ check: inout InvariantCheck, of broker: NodeID) {
    check.require(all.count <= slots, "broker \(broker): there are \(all.count) fetch sessions, and \(slots) slots")
    check.require(all.count == byID.count, "broker \(broker): there are \(all.count) fetch sessions, and \(byID.count) can be found")
    if check.isWhole {
      let partitions = all.reduce(0) { $0 + $1.targets.count }
      check.require(partitionCount == partitions, "broker \(broker): \(partitionCount) partitions count as those of fetch sessions, and they have \(partitions)")
    }
    check.each(of: all) { session, check in
      check.require(byID[session.id] === session, "broker \(broker): fetch session \(session.id) is not found by its id")
      session.checkInvariants(&check, of: broker)
    }
  }
}

extension FetchSession {
  func checkInvariants(_ check: inout InvariantCheck, of broker: NodeID) {
    func words() -> String { "broker \(broker), fetch session \(id)" }
    check.require(nextEpoch > 0, "\(words()): its next epoch is \(nextEpoch)")
    if let waiting { check.require(!waiting.isDone, "\(words()): a fetch was answered, and waits") }
    guard check.isWhole else {
      // Only restless targets are checked, in rotation: a resting target has not changed.
      return check.each(of: restless.members) { target, check in
        check.require(!target.isResting && target.session === self, "\(words()): \(target.words) rests, but is in the restless list")
      }
    }
    check.require(indexedCount == targets.count, "\(words()): it has \(targets.count) partitions, and \(indexedCount) can be found")
    let awake = targets.count(where: { !$0.isResting })
    check.require(restless.count == awake, "\(words()): \(restless.count) partitions are in the restless list, but \(awake) do not rest")
    for target in targets { target.checkInvariants(&check, of: self, words) }
  }
}

extension FetchTarget {
  var words: String { "partition \(key.partition) of \(topicName ?? (key.topic.isEmpty ? "\(key.topicID)" : key.topic))" }

  func checkInvariants(_ check: inout InvariantCheck, of session: FetchSession, _ sessionWords: () -> String) {
    check.require(self.session === session, "\(sessionWords()): \(words) belongs to another session")
    guard isResting else { return }
    check.require(partition != nil, "\(sessionWords()): \(words) rests, but there is no replica that can make it restless")
    guard let partition else { return }
    check.require(
      partition.sessionTargets.contains { $0 === self }, "\(sessionWords()): \(words) rests, but its replica cannot make it restless")
    if let replica = session.followerID, let follower = partition.follower(replica) {
      check.require(follower.restsIn === session, "\(sessionWords()): \(words) rests, and its leader does not count the session's fetches for broker \(replica)")
    }
  }
}
