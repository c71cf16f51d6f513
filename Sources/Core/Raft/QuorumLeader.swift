import Host
import Primitives

/// What a leader tracks in its epoch: how far each replica is, and what waits for the high watermark.
final class QuorumLeader {
  let replica: ReplicaKey
  let epoch: LeaderEpoch
  /// Whether its own log alone decides what is committed.
  let decidesAlone: Bool
  /// The end of the log when the epoch started. Earlier records are committed only together with a record of this epoch (Raft, section 5.4.2).
  let startOffset: Offset
  private var voters: VoterSet
  /// With kraft.version 0 the voters as they described themselves to this leader: the log holds nothing of that. Nil with kraft.version 1.
  var describedVoters: VoterSet?
  /// Whether the listener was informed.
  var isAnnounced = false

  /// Voters first, in the order of their ids, then observers in the order of their first fetches.
  var replicas: [Replica]
  var appends: [PendingCommit] = []
  var fetches = FetchPurgatory()
  /// The change of the voters that is under way.
  var change: VoterChange?

  struct Replica {
    var key: ReplicaKey
    var isVoter: Bool
    var logEndOffset = Offset.unknown
    var lastFetch: Timestamp = .none
    var lastCaughtUp: Timestamp = .none
    /// When the replica was last heard from, on the leader's own clock.
    var lastContact: Instant
    /// The end of the leader's log at the replica's last fetch.
    var leaderEndAtLastFetch = Offset.unknown

    var id: NodeID { key.id }
  }

  struct PendingCommit {
    let lastOffset: Offset
    let completion: (Result<Offset, QuorumAppendError>) -> Void
  }

  init(_ replica: ReplicaKey, epoch: LeaderEpoch, startOffset: Offset, voters: VoterSet, decidesAlone: Bool = false, now: Instant) {
    self.decidesAlone = decidesAlone
    self.replica = replica
    self.epoch = epoch
    self.startOffset = startOffset
    self.voters = voters
    replicas = voters.map { Replica(key: $0.key, isVoter: true, lastContact: now) }
  }

  var id: NodeID { replica.id }

  /// Another voter set is in force. Voters that are none any more become observers; so does this leader (`LeaderState.updateVoterAndObserverStates`).
  func change(to voters: VoterSet, at now: Instant) {
    self.voters = voters
    var others = replicas
    var members: [Replica] = []
    for voter in voters {
      var member = Replica(key: voter.key, isVoter: true, lastContact: now)
      if let known = others.firstIndex(where: { voter.key.matches($0.key) || $0.isVoter && $0.key.matches(voter.key) }) {
        member = others.remove(at: known)
        if !member.isVoter { member.lastContact = max(member.lastContact, now) }
        (member.key, member.isVoter) = (voter.key, true)
      }
      members.append(member)
    }
    for index in others.indices { others[index].isVoter = false }
    replicas = members + others
    mustHold(
      replicas.count { $0.isVoter } == voters.count,
      "the leader of epoch \(epoch) counts \(replicas.map { "\($0.key)" }) for the voters \(voters.map(\.id))")
  }

  /// The place of a replica: a voter's, where the key is that of a voter, else an observer's.
  private func index(of key: ReplicaKey) -> Int? {
    replicas.firstIndex { $0.isVoter ? $0.key.matches(key) : $0.key == key }
  }

  func state(of key: ReplicaKey) -> Replica? { index(of: key).map { replicas[$0] } }

  /// Records how much of this leader's own log is on the platter.
  func recordOwn(_ durableEndOffset: Offset) {
    guard let index = index(of: replica) else { return }
    replicas[index].logEndOffset = durableEndOffset
  }

  /// Records a replica's fetch: the replica has everything below the offset.
  func recordFetch(of replica: ReplicaKey, at offset: Offset, leaderEnd: Offset, now: Timestamp, contact: Instant) {
    var index = index(of: replica) ?? replicas.endIndex
    if index == replicas.endIndex {
      forgetSilentObservers(at: contact)
      makeRoomForObserver()
      replicas.append(Replica(key: replica, isVoter: false, lastContact: contact))
      index = replicas.endIndex - 1
    }
    replicas[index].lastContact = contact
    if offset >= leaderEnd {
      replicas[index].lastCaughtUp = max(replicas[index].lastCaughtUp, now)
    } else if offset >= replicas[index].leaderEndAtLastFetch, replicas[index].lastFetch != .none {
      replicas[index].lastCaughtUp = max(replicas[index].lastCaughtUp, replicas[index].lastFetch)
    }
    replicas[index].logEndOffset = offset
    replicas[index].lastFetch = max(replicas[index].lastFetch, now)
    replicas[index].leaderEndAtLastFetch = leaderEnd
  }

  /// A replica shows that it is there without a word about its log.
  func updateContact(of replica: ReplicaKey, at now: Instant) {
    if let index = index(of: replica) { replicas[index].lastContact = now }
  }

  /// As `LeaderState.clearInactiveObservers`.
  func forgetSilentObservers(at now: Instant) {
    replicas.removeAll { !$0.isVoter && $0.key != replica && now - $0.lastContact >= Self.observerSession }
  }

  /// Any client may fetch under any number, so the count of observers is limited: beyond it the one that was silent for longest goes.
  private func makeRoomForObserver() {
    guard replicas.count(where: { !$0.isVoter }) >= Self.mostObservers,
      let silent = replicas.indices.filter({ !replicas[$0].isVoter && replicas[$0].key != replica }).min(by: { replicas[$0].lastContact < replicas[$1].lastContact })
    else { return }
    replicas.remove(at: silent)
  }

  private static let observerSession = Duration.seconds(300)
  private static let mostObservers = 1_000

  /// The voters that have not been heard from since an instant, except the leader itself.
  func silentVoters(since instant: Instant) -> [ReplicaKey] { replicas.filter { isOtherVoter($0) && $0.lastContact < instant }.map(\.key) }

  /// The other voters, the ones with the longest logs first.
  var successors: [ReplicaKey] {
    replicas.filter(isOtherVoter).sorted { ($1.logEndOffset, $0.id) < ($0.logEndOffset, $1.id) }.map(\.key)
  }

  private func isOtherVoter(_ other: Replica) -> Bool { other.isVoter && !other.key.matches(replica) }

  /// The offset up to which a majority of the voters has the log; nil until that reaches into this epoch. Where there are more voters than before, it may be
  /// less than what is committed.
  var committedEnd: Offset? {
    if decidesAlone { return state(of: replica).map(\.logEndOffset).flatMap { $0 > startOffset ? $0 : nil } }
    // Asked at each fetch and each sync: comparing the few voters with each other costs less than a sorted list of them.
    var ofMajority: Offset?
    for candidate in replicas where candidate.isVoter && candidate.logEndOffset > ofMajority ?? startOffset {
      let end = candidate.logEndOffset
      if replicas.count(where: { $0.isVoter && $0.logEndOffset >= end }) >= voters.majority { ofMajority = end }
    }
    return ofMajority
  }

  /// Removes and returns the appends that are committed now, in order.
  func takeAppends(committedBelow highWatermark: Offset) -> [PendingCommit] {
    guard let first = appends.first, first.lastOffset < highWatermark else { return [] }
    let count = appends.firstIndex { $0.lastOffset >= highWatermark } ?? appends.count
    let committed = Array(appends[..<count])
    appends.removeSubrange(..<count)
    return committed
  }
}
