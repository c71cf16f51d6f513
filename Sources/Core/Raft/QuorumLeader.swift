import Host
import Primitives

/// What a leader tracks in its epoch: how far each replica is, and what waits for the high watermark.
final class QuorumLeader {
  let id: NodeID
  let epoch: LeaderEpoch
  /// The end of the log when the epoch started. Earlier records are committed only together with a record of this epoch (Raft, section 5.4.2).
  let startOffset: Offset
  private let voters: VoterSet
  /// Whether the listener was informed.
  var isAnnounced = false

  /// Voters first, then observers, each in the order of their first fetches.
  var replicas: [Replica]
  var appends: [PendingCommit] = []
  var fetches = FetchPurgatory()

  struct Replica {
    let id: NodeID
    let isVoter: Bool
    var logEndOffset = Offset.unknown
    var lastFetch: Timestamp = .none
    var lastCaughtUp: Timestamp = .none
    /// When the replica was last heard from, on the leader's own clock.
    var lastContact: Instant
    /// The end of the leader's log at the replica's last fetch.
    var leaderEndAtLastFetch = Offset.unknown
  }

  struct PendingCommit {
    let lastOffset: Offset
    let completion: (Result<Offset, QuorumAppendError>) -> Void
  }

  init(id: NodeID, epoch: LeaderEpoch, startOffset: Offset, voters: VoterSet, now: Instant) {
    self.id = id
    self.epoch = epoch
    self.startOffset = startOffset
    self.voters = voters
    replicas = voters.map { Replica(id: $0.id, isVoter: true, lastContact: now) }
  }

  /// Records how much of this leader's own log is on the platter.
  func recordOwn(_ durableEndOffset: Offset, at now: Timestamp) {
    guard let index = replicas.firstIndex(where: { $0.id == id }) else { return }
    replicas[index].logEndOffset = durableEndOffset
    replicas[index].lastFetch = now
    replicas[index].lastCaughtUp = now
  }

  /// Records a replica's fetch: the replica has everything below the offset.
  func recordFetch(of replica: NodeID, at offset: Offset, leaderEnd: Offset, now: Timestamp, contact: Instant) {
    var index = replicas.firstIndex { $0.id == replica } ?? replicas.endIndex
    if index == replicas.endIndex {
      forgetSilentObservers(at: contact)
      replicas.append(Replica(id: replica, isVoter: false, lastContact: contact))
      index = replicas.endIndex - 1
    }
    replicas[index].lastContact = contact
    if offset >= leaderEnd {
      replicas[index].lastCaughtUp = now
    } else if offset >= replicas[index].leaderEndAtLastFetch, replicas[index].lastFetch != .none {
      replicas[index].lastCaughtUp = max(replicas[index].lastCaughtUp, replicas[index].lastFetch)
    }
    replicas[index].logEndOffset = offset
    replicas[index].lastFetch = now
    replicas[index].leaderEndAtLastFetch = leaderEnd
  }

  /// A replica shows that it is there without a word about its log.
  func updateContact(of replica: NodeID, at now: Instant) {
    if let index = replicas.firstIndex(where: { $0.id == replica }) { replicas[index].lastContact = now }
  }

  /// As `LeaderState.clearInactiveObservers`. Any client may fetch under any number, so their count is limited as well: beyond it the one
  /// that was silent for longest goes.
  private func forgetSilentObservers(at now: Instant) {
    replicas.removeAll { !$0.isVoter && now - $0.lastContact >= Self.observerSession }
    guard replicas.count(where: { !$0.isVoter }) >= Self.mostObservers,
      let silent = replicas.indices.filter({ !replicas[$0].isVoter }).min(by: { replicas[$0].lastContact < replicas[$1].lastContact })
    else { return }
    replicas.remove(at: silent)
  }

  private static let observerSession = Duration.seconds(300)
  private static let mostObservers = 1_000

  /// The voters that have not been heard from since an instant, except the leader itself.
  func silentVoters(since instant: Instant) -> [NodeID] { replicas.filter { $0.isVoter && $0.id != id && $0.lastContact < instant }.map(\.id) }

  /// The other voters, the ones with the longest logs first.
  var successors: [NodeID] {
    replicas.filter { $0.isVoter && $0.id != id }.sorted { ($1.logEndOffset, $0.id) < ($0.logEndOffset, $1.id) }.map(\.id)
  }

  /// The offset up to which a majority of the voters has the log; nil until that reaches into this epoch.
  var committedEnd: Offset? {
    let ends = replicas.filter(\.isVoter).map(\.logEndOffset).sorted(by: >)
    let committed = ends[voters.majority - 1]
    return committed > startOffset ? committed : nil
  }

  /// Removes and returns the appends that are committed now, in order.
  func takeAppends(committedBelow highWatermark: Offset) -> [PendingCommit] {
    let count = appends.firstIndex { $0.lastOffset >= highWatermark } ?? appends.count
    let committed = Array(appends[..<count])
    appends.removeSubrange(..<count)
    return committed
  }
}
