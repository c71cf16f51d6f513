import Primitives
import Wire

/// Whether a partition's leader still has to reconcile what an unclean election may have lost (KIP-704).
public enum LeaderRecoveryState: Int8, Sendable {
  case recovered = 0
  case recovering = 1
}

/// The state of one partition in the metadata log: brokers act on it, and only the controller changes it.
///
/// Every change raises `partitionEpoch`; every change that names a leader, even the same one again, raises `leaderEpoch`.
public struct PartitionRegistration: Equatable, Sendable {
  /// In the order of preference: the first is the preferred leader.
  public var replicas: [NodeID]
  /// The directory of each replica, in the same order.
  public var directories: [Uuid]
  public var isr: [NodeID]
  /// Replicas that left an ISR below `min.insync.replicas`, but have everything below the high watermark (KIP-966).
  public var eligibleLeaderReplicas: [NodeID]
  /// The leader when ISR and ELR became empty: the last resort of a balanced recovery.
  public var lastKnownEligibleLeaderReplicas: [NodeID]
  public var addingReplicas: [NodeID]
  public var removingReplicas: [NodeID]
  /// `.none` if the partition is offline.
  public var leader: NodeID
  public var leaderRecoveryState: LeaderRecoveryState
  public var leaderEpoch: LeaderEpoch
  public var partitionEpoch: PartitionEpoch

  public init(
    replicas: [NodeID], directories: [Uuid] = [], isr: [NodeID], eligibleLeaderReplicas: [NodeID] = [],
    lastKnownEligibleLeaderReplicas: [NodeID] = [], addingReplicas: [NodeID] = [], removingReplicas: [NodeID] = [],
    leader: NodeID, leaderRecoveryState: LeaderRecoveryState = .recovered, leaderEpoch: LeaderEpoch = 0,
    partitionEpoch: PartitionEpoch = 0
  ) {
    self.replicas = replicas
    self.directories = directories.count == replicas.count ? directories : replicas.map { _ in DirectoryID.unassigned }
    self.isr = isr
    self.eligibleLeaderReplicas = eligibleLeaderReplicas
    self.lastKnownEligibleLeaderReplicas = lastKnownEligibleLeaderReplicas
    self.addingReplicas = addingReplicas
    self.removingReplicas = removingReplicas
    self.leader = leader
    self.leaderRecoveryState = leaderRecoveryState
    self.leaderEpoch = leaderEpoch
    self.partitionEpoch = partitionEpoch
  }

  public var hasLeader: Bool { leader != .none }
  public var hasPreferredLeader: Bool { replicas.first == leader }
  public var isReassigning: Bool { !addingReplicas.isEmpty || !removingReplicas.isEmpty }

  /// The directory of a broker's replica; nil if it has no replica.
  public func directory(of broker: NodeID) -> Uuid? {
    replicas.firstIndex(of: broker).map { directories[$0] }
  }
}

extension PartitionRegistration {
  /// The initial state of a partition.
  public init(_ record: PartitionRecord) {
    let replicas = nodes(record.replicas)
    self.init(
      // Mostly all replicas are in sync: one list then serves for both.
      replicas: replicas, directories: record.directories, isr: record.isr == record.replicas ? replicas : nodes(record.isr),
      eligibleLeaderReplicas: nodes(record.eligibleLeaderReplicas ?? []),
      lastKnownEligibleLeaderReplicas: nodes(record.lastKnownElr ?? []), addingReplicas: nodes(record.addingReplicas),
      removingReplicas: nodes(record.removingReplicas), leader: NodeID(record.leader),
      leaderRecoveryState: LeaderRecoveryState(rawValue: record.leaderRecoveryState) ?? .recovered,
      leaderEpoch: LeaderEpoch(record.leaderEpoch), partitionEpoch: PartitionEpoch(record.partitionEpoch))
  }

  /// The record that creates a partition in this state.
  func record(topic: Uuid, partition: Int32) -> PartitionRecord {
    var record = PartitionRecord()
    record.topicId = topic
    record.partitionId = partition
    record.replicas = numbers(replicas)
    record.directories = directories
    record.isr = numbers(isr)
    record.addingReplicas = numbers(addingReplicas)
    record.removingReplicas = numbers(removingReplicas)
    record.leader = leader.value
    record.leaderRecoveryState = leaderRecoveryState.rawValue
    record.leaderEpoch = leaderEpoch.value
    record.partitionEpoch = partitionEpoch.value
    record.eligibleLeaderReplicas = eligibleLeaderReplicas.isEmpty ? nil : numbers(eligibleLeaderReplicas)
    record.lastKnownElr = lastKnownEligibleLeaderReplicas.isEmpty ? nil : numbers(lastKnownEligibleLeaderReplicas)
    return record
  }

  /// Whether its epochs leave room for another change. Only a foreign or damaged log exhausts them.
  var canChange: Bool { leaderEpoch.value < .max && partitionEpoch.value < .max }

  /// The state after a change.
  public func applying(_ change: PartitionChangeRecord) -> PartitionRegistration {
    var next = self
    if let replicas = change.replicas {
      next.replicas = nodes(replicas)
      next.directories = next.replicas.map { directory(of: $0) ?? DirectoryID.unassigned }
    }
    if let directories = change.directories, directories.count == next.replicas.count { next.directories = directories }
    if let isr = change.isr { next.isr = nodes(isr) }
    if let adding = change.addingReplicas { next.addingReplicas = nodes(adding) }
    if let removing = change.removingReplicas { next.removingReplicas = nodes(removing) }
    if let eligible = change.eligibleLeaderReplicas { next.eligibleLeaderReplicas = nodes(eligible) }
    if let lastKnown = change.lastKnownElr { next.lastKnownEligibleLeaderReplicas = nodes(lastKnown) }
    if let state = LeaderRecoveryState(rawValue: change.leaderRecoveryState) { next.leaderRecoveryState = state }
    if change.leader != PartitionChangeRecord.noLeaderChange {
      next.leader = NodeID(change.leader)
      next.leaderEpoch = next.leaderEpoch.next
    }
    next.partitionEpoch = next.partitionEpoch.next
    return next
  }
}

extension PartitionChangeRecord {
  /// The leader in a record that leaves leader and leader epoch unchanged.
  static let noLeaderChange: Int32 = -2
}

func nodes(_ numbers: [Int32]) -> [NodeID] { numbers.map { NodeID($0) } }
func numbers(_ nodes: [NodeID]) -> [Int32] { nodes.map(\.value) }
