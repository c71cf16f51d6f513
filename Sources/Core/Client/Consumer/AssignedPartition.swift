import Primitives

/// One partition of an assignment: where the consumer stands in it, and what it has of it.
final class AssignedPartition {
  enum Phase {
    /// There is no position. Leaves to `resetting`.
    case needsReset(OffsetQuery)
    /// The leader was asked where the position shall be. Leaves to `fetching`, or back to `needsReset`.
    case resetting
    /// The leader changed, or the application named an epoch: is the log still the one that was read (KIP-320)? Leaves to `fetching`,
    /// or to `needsReset`.
    case needsValidation
    /// The leader was asked. Leaves as `needsValidation` does, and back there.
    case validating
    /// There is a position, and what stands behind it may be fetched.
    case fetching
    /// There is nothing to go on from, and the application was told. Leaves by a seek.
    case stopped
  }

  let partition: TopicPartition
  var phase: Phase
  var isPaused = false
  /// Grows with every change of the position that is not consumption: late answers are told by it.
  private(set) var generation = 0

  /// The next offset to deliver.
  private(set) var position: Offset?
  /// The position before there was none.
  private(set) var lostPosition: Offset?
  /// The epoch of the last batch delivered, or the one that a seek named.
  var positionEpoch = LeaderEpoch.unknown
  var leader: NodeID?
  var leaderEpoch = LeaderEpoch.unknown

  /// From the last fetch.
  var highWatermark = Offset.unknown
  var lastStableOffset = Offset.unknown
  var logStartOffset = Offset.unknown

  /// A replica that is closer than the leader, as the leader said (KIP-392).
  private var preferredReplica: (node: NodeID, until: Instant)?
  /// After an error: not before this, unless the leader changes.
  var waitsUntil = Instant(nanoseconds: .min)
  var buffered: FetchedRecords?

  init(_ partition: TopicPartition, phase: Phase) {
    self.partition = partition
    self.phase = phase
  }

  /// Moves the position by something else than consumption. What was fetched or asked before counts no more.
  func move(to offset: Offset, epoch: LeaderEpoch = .unknown, phase: Phase) {
    generation += 1
    position = offset
    lostPosition = nil
    positionEpoch = epoch
    buffered = nil
    self.phase = phase
  }

  func lose(_ phase: Phase) {
    generation += 1
    lostPosition = position ?? lostPosition
    position = nil
    positionEpoch = .unknown
    buffered = nil
    self.phase = phase
  }

  func advance(to offset: Offset, epoch: LeaderEpoch) {
    position = offset
    if epoch != .unknown { positionEpoch = epoch }
  }

  /// Takes over what the metadata says of the leader.
  func takeLeader(_ metadata: PartitionMetadata?) {
    guard let metadata else { return leader = nil }
    guard metadata.leader != leader || metadata.leaderEpoch != leaderEpoch else { return }
    leader = metadata.leader
    leaderEpoch = metadata.leaderEpoch
    waitsUntil = Instant(nanoseconds: .min)
    if positionEpoch != .unknown, case .fetching = phase { phase = .needsValidation }
    if case .validating = phase {
      generation += 1
      phase = .needsValidation
    }
  }

  var isFetchable: Bool {
    if case .fetching = phase, !isPaused, buffered == nil { true } else { false }
  }

  // MARK: Closer replicas

  /// Where to fetch from.
  func source(at now: Instant) -> NodeID? {
    if let preferredReplica, preferredReplica.until > now { return preferredReplica.node }
    return leader
  }

  func prefer(_ replica: NodeID, until: Instant) { preferredReplica = (replica, until) }

  /// Goes back to the leader. Returns whether another replica was preferred.
  @discardableResult
  func forgetPreferredReplica() -> Bool {
    defer { preferredReplica = nil }
    return preferredReplica != nil
  }

  var prefersReplica: NodeID? { preferredReplica?.node }
}
