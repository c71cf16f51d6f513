import Host
import Primitives

/// What a leader knows of its epoch: how far each replica is, and what waits for the high watermark.
final class QuorumLeader {
  let id: NodeID
  let epoch: LeaderEpoch
  /// Where the log ended when the epoch began. Records before are committed only together with one of this epoch (Raft, section 5.4.2).
  let startOffset: Offset
  private let voters: VoterSet
  /// Whether the listener was told.
  var isAnnounced = false

  /// Voters first, then observers, each in the order in which they were first heard of.
  var replicas: [Replica]
  var appends: [PendingCommit] = []
  var fetches = FetchPurgatory()

  struct Replica {
    let id: NodeID
    let isVoter: Bool
    var logEndOffset = Offset.unknown
    var lastFetch: Timestamp = .none
    var lastCaughtUp: Timestamp = .none
    /// When the replica was heard of, on the leader's own clock.
    var lastContact: Instant
    /// Where the leader's log ended at the last fetch.
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

  /// What this leader has itself on the platter.
  func recordOwn(_ durableEndOffset: Offset, at now: Timestamp) {
    guard let index = replicas.firstIndex(where: { $0.id == id }) else { return }
    replicas[index].logEndOffset = durableEndOffset
    replicas[index].lastFetch = now
    replicas[index].lastCaughtUp = now
  }

  /// A replica fetches: it has everything below.
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

  /// As `LeaderState.clearInactiveObservers`. Anybody may fetch under any number, so there are also never more than so many: then the one
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

  /// Voters that were not heard of since an instant, apart from the leader itself.
  func silentVoters(since instant: Instant) -> [NodeID] { replicas.filter { $0.isVoter && $0.id != id && $0.lastContact < instant }.map(\.id) }

  /// The other voters, those first that have most of the log.
  var successors: [NodeID] {
    replicas.filter { $0.isVoter && $0.id != id }.sorted { ($1.logEndOffset, $0.id) < ($0.logEndOffset, $1.id) }.map(\.id)
  }

  /// Up to where a majority of the voters has the log; nil before that reaches into this epoch.
  var committedEnd: Offset? {
    let ends = replicas.filter(\.isVoter).map(\.logEndOffset).sorted(by: >)
    let committed = ends[voters.majority - 1]
    return committed > startOffset ? committed : nil
  }

  /// Takes out the appends that are committed now, in their order.
  func takeAppends(committedBelow highWatermark: Offset) -> [PendingCommit] {
    let count = appends.firstIndex { $0.lastOffset >= highWatermark } ?? appends.count
    let committed = Array(appends[..<count])
    appends.removeSubrange(..<count)
    return committed
  }
}
