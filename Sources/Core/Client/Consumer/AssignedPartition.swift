import Primitives

/// One partition of an assignment: where the consumer stands in it, and what it has of it.
///
/// It rests while a fetch session asks for it as it stands. Whatever may change that stirs it, so that the consumer looks at few of many
/// partitions when it fetches.
final class AssignedPartition: TakesTurns {
  enum Phase {
    /// There is no position, and the group is to be asked for one. Leaves to `readingCommitted`.
    case needsCommitted
    /// The group's coordinator was asked. Leaves to `fetching`, `needsValidation`, or where nothing was committed to `needsReset` or `stopped`.
    case readingCommitted
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
  // Unsafe: a consumer owns its partitions, and an ordinary unowned reference is counted at each use.
  private unowned(unsafe) let consumer: Consumer
  var phase: Phase {
    didSet {
      stir()
      if !isUnsettled, !isFetching { consumer.unsettle(self) }
    }
  }
  var isPaused = false { didSet { stir() } }
  /// The consumer fetches and drains in ascending order of the turns.
  var turn = 0
  /// False where it was taken from the assignment.
  var isAssigned = true { didSet { stir() } }
  /// The fetch sessions that hold it: one, apart from moments in which the leader changes.
  var sessions: [FetchSource] = []
  private(set) var isResting = false
  /// Its consumer has it among those that may have no position, or an unchecked one.
  var isUnsettled = false
  /// Grows with every change of the position that is not consumption: late answers are told by it.
  private(set) var generation = 0

  /// The next offset to deliver.
  private(set) var position: Offset?
  /// The position before there was none.
  private(set) var lostPosition: Offset?
  /// The epoch of the last batch delivered, or the one that a seek named.
  var positionEpoch = LeaderEpoch.unknown
  private(set) var leader: NodeID?
  private(set) var leaderEpoch = LeaderEpoch.unknown

  /// From the last fetch.
  var highWatermark = Offset.unknown
  var lastStableOffset = Offset.unknown
  var logStartOffset = Offset.unknown

  /// A replica that is closer than the leader, as the leader said (KIP-392).
  private var preferredReplica: (node: NodeID, until: Instant)?
  /// After an error: not before this, unless the leader changes.
  var waitsUntil = Instant(nanoseconds: .min) { didSet { stir() } }
  var buffered: FetchedRecords?

  /// Restless: to be put among those of its consumer that are.
  init(_ partition: TopicPartition, phase: Phase, consumer: Consumer) {
    self.partition = partition
    self.phase = phase
    self.consumer = consumer
  }

  // MARK: Rest

  /// To be called when a session asks for it as it stands, or nothing does, and nothing but a change can make that wrong.
  func rest() {
    isResting = true
    sessions.first?.restingPartitions += 1
  }

  /// The consumer looks at it when it next fetches.
  func stir() {
    guard isResting else { return }
    isResting = false
    sessions.first?.restingPartitions -= 1
    consumer.restless.append(self)
  }

  // MARK: Positions

  /// Moves the position by something else than consumption. What was fetched or asked before counts no more.
  func move(to offset: Offset, epoch: LeaderEpoch = .unknown, phase: Phase) {
    generation += 1
    position = offset
    lostPosition = nil
    positionEpoch = epoch
    buffered = nil
    self.phase = phase
  }

  /// Forgets the position. Nothing goes on before there is one again.
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

  /// Keeps what a fetch brought until it is delivered.
  func buffer(_ records: FetchedRecords) {
    buffered = records
    stir()
  }

  /// Takes over what the metadata says of the leader, and of the broker that leads.
  func takeLeader(_ metadata: PartitionMetadata?) {
    stir()
    guard let metadata else { return leader = nil }
    guard metadata.leader != leader || metadata.leaderEpoch != leaderEpoch else { return }
    leader = metadata.leader
    leaderEpoch = metadata.leaderEpoch
    // What the former one said of closer replicas (`SubscriptionState.maybeValidatePosition`).
    forgetPreferredReplica()
    waitsUntil = Instant(nanoseconds: .min)
    if positionEpoch != .unknown, case .fetching = phase { phase = .needsValidation }
    if case .validating = phase {
      generation += 1
      phase = .needsValidation
    }
  }

  var isFetching: Bool {
    if case .fetching = phase { true } else { false }
  }

  var isFetchable: Bool { isFetching && !isPaused && buffered == nil && isAssigned }

  // MARK: Closer replicas

  /// Where to fetch from.
  func source(at now: Instant) -> NodeID? {
    if let preferredReplica, preferredReplica.until > now { return preferredReplica.node }
    return leader
  }

  func prefer(_ replica: NodeID, until: Instant) {
    preferredReplica = (replica, until)
    stir()
  }

  /// Goes back to the leader. Returns whether another replica was preferred.
  @discardableResult
  func forgetPreferredReplica() -> Bool {
    defer {
      preferredReplica = nil
      stir()
    }
    return preferredReplica != nil
  }

  var prefersReplica: Bool { preferredReplica != nil }
}
