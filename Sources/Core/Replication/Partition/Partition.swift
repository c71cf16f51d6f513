import Host
import Log
import Primitives
import Wire

/// One replica of one partition on this broker: leader, follower, or offline.
///
/// Each extension holds one concern: leadership, the high watermark, the ISR, appending, reading, following.
public final class Partition {
  public let topicPartition: TopicPartition
  public let id: TopicIDPartition

  public internal(set) var role = Role.follower
  /// `.none` while there is no leader.
  public internal(set) var leaderID = NodeID.none
  public internal(set) var leaderEpoch = LeaderEpoch.unknown
  public internal(set) var partitionEpoch = PartitionEpoch(-1)
  /// Where this leader's epoch starts in the log; nil unless it leads.
  public internal(set) var leaderEpochStartOffset: Offset?

  public internal(set) var replicas: [NodeID] = []
  public internal(set) var addingReplicas: [NodeID] = []
  public internal(set) var removingReplicas: [NodeID] = []
  /// Meaningful only at the leader; empty otherwise.
  public internal(set) var inSyncReplicas = InSyncReplicas(committed: [])
  /// The other replicas, as their leader knows them; empty otherwise.
  public internal(set) var followers: [FollowerReplica] = []

  /// Nil if it could not be opened.
  public internal(set) var log: PartitionLog?
  /// Every member of the ISR has everything below this offset.
  public internal(set) var highWatermark = Offset(0)
  public internal(set) var configuration: LogConfiguration

  /// The manager owns its partitions.
  let uncountedManager: Uncounted<ReplicaManager>
  var manager: ReplicaManager { uncountedManager.object }
  // Unsafe: it outlives the manager.
  unowned(unsafe) var listener: (any PartitionListener)?
  /// The replica was removed from this broker: nothing may use it any more.
  var isRemoved = false
  /// What moved since waiting requests were last checked.
  var movement: Movement = []
  /// Appends that wait for the high watermark, and those that only wait for this replica's own sync.
  var produceWatches = ProduceWatches()
  var syncWatches = ProduceWatches()
  var fetchWatches = FetchWatches()
  /// Its targets in fetch sessions, in the order in which they were added.
  var sessionTargets: ContiguousArray<FetchTarget> = []
  /// The number of resting targets.
  var restingTargets = 0
  var deleteRecordsWatches: [DeleteRecordsWatch] = []
  var nextProposal: UInt64 = 0
  /// Its entry at the fetcher of its leader; nil unless it replicates.
  var fetching: FetcherPartition?
  /// The size of the ISR that counts for the high watermark.
  var countedISRSize = 0
  /// What the last check of the invariants saw; nil before the first.
  var seen: Seen?

  public enum Role: Sendable {
    case leader
    /// Also while there is no leader.
    case follower
    /// The disk failed.
    case offline
  }

  init(_ state: PartitionState, manager: ReplicaManager) {
    topicPartition = state.topicPartition
    id = state.id
    configuration = state.configuration
    uncountedManager = Uncounted(manager)
    listener = manager.listener(ofTopic: topicPartition.topic)
  }

  public var isLeader: Bool { role == .leader }

  /// The ISR that the controller committed, as far as this leader knows.
  public var isr: [NodeID] { inSyncReplicas.committed }

  /// Every replica that the controller may have added to the ISR (KIP-497).
  public var maximalISR: [NodeID] { inSyncReplicas.maximal }

  public var logStartOffset: Offset { log?.logStartOffset ?? .unknown }
  public var logEndOffset: Offset { log?.logEndOffset ?? .unknown }

  /// Everything below it belongs to completed transactions, or to none. Never above the high watermark.
  public var lastStableOffset: Offset { log?.lastStableOffset(highWatermark: highWatermark) ?? highWatermark }
  /// The offset up to which this replica returns records to readers of committed records.
  public var committedEndOffset: Offset { endOffset(for: .committed) }

  /// What a leader knows of another replica; nil if the replica is not assigned, or this is not the leader.
  public func follower(_ id: NodeID) -> FollowerReplica? {
    // Three or so: faster than hashing.
    let all = followers, followers = all.span
    for index in followers.indices where followers[index].id == id { return followers[index] }
    return nil
  }

  var switches: ReplicationSwitches { uncountedManager.with { $0.switches } }

  /// The number of members that the ISR must have for acks=all; at most the number of replicas.
  public var minimumISRSize: Int { min(Int(configuration.minInsyncReplicas), followers.count + 1) }

  public var isUnderMinimumISR: Bool { role == .leader && inSyncReplicas.committed.count < minimumISRSize }

  /// The log, for a request that may contain a leader epoch and may require the leader.
  ///
  /// KIP-320 (KAFKA-7395): without the comparison of epochs, an outdated replica would answer requests from a newer epoch.
  func log(inEpoch epoch: LeaderEpoch, onlyLeader: Bool) throws(ErrorCode) -> PartitionLog {
    guard role != .offline, let log else { throw .kafkaStorageError }
    if epoch != .unknown, epoch != leaderEpoch, switches.fetchChecksLeaderEpoch {
      mark(.requestOfOtherEpoch)
      throw epoch < leaderEpoch ? .fencedLeaderEpoch : .unknownLeaderEpoch
    }
    if onlyLeader, role != .leader {
      mark(.requestAtFollower)
      throw .notLeaderOrFollower
    }
    return log
  }

  func report(_ occurrence: Occurrence) { uncountedManager.with { $0.reactor.report(occurrence) } }
}
