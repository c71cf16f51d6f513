import Primitives

/// One partition of an assignment: the consumer's position in it, and what the consumer has buffered of it.
///
/// A partition rests while its fetch session asks for exactly what the consumer wants of it, or while there is nothing to ask for. Every change that
/// may affect this makes it restless again (`stir`), so that a fetch only visits the few restless partitions of many:
///
/// ```
/// t-0 in the consumer                              fetches from broker 1, as session/epoch: partitions in the request
/// assigned with position 5               restless
/// visited: session.ask for offset 5      rests     -> 0/0: t-0 at 5       opens session 7
/// response buffered                      restless  <- t-0: records 5 and 6
/// visited: still buffered                restless  (no fetch from broker 1)
/// drained, visited: ask for offset 7     rests     -> 7/1: t-0 at 7
/// no records for t-0                     rests     <- no partitions
/// not visited                            rests     -> 7/2: no partitions  broker 1 still reads t-0 from 7
/// metadata: broker 2 leads, validate     restless  (no fetch in progress)
/// visited: session.drop                  rests     -> 7/3: forget t-0     with the next fetch from broker 1
/// validated                              restless
/// visited: ask at broker 2               rests     (fetches from broker 2 include t-0)
/// ```
final class AssignedPartition: TakesTurns {
  enum Phase {
    /// No position; the group's offset must be requested. Becomes `readingCommitted`.
    case needsCommitted
    /// The group's coordinator was asked. Becomes `fetching` or `needsValidation`; if nothing was committed, `needsReset` or `stopped`.
    case readingCommitted
    /// No position. Becomes `resetting`.
    case needsReset(OffsetQuery)
    /// The leader was asked for the new position. Becomes `fetching`, or `needsReset` again.
    case resetting
    /// The leader changed, or the application sought with an epoch, so the log may no longer be the one that was read (KIP-320). Becomes `validating`
    /// while the leader is asked; then `fetching` or `needsReset`.
    case needsValidation
    /// The leader was asked. Becomes `fetching` or `needsReset`, or `needsValidation` again.
    case validating
    /// There is a position, and records from there on may be fetched.
    case fetching
    /// There is no position to start from, and the application was told. Ends with a seek.
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
  /// False once it was removed from the assignment.
  var isAssigned = true { didSet { stir() } }
  /// The fetch sessions that contain it: one, except briefly when the leader changes.
  var sessions: [FetchSource] = []
  private(set) var isResting = false
  /// Whether the consumer lists it among the partitions that may have no position, or an unvalidated one.
  var isUnsettled = false
  /// Grows with every change of the position other than consumption: late responses are recognised by it.
  private(set) var generation = 0

  /// The next offset to deliver.
  private(set) var position: Offset?
  /// The last position, if there is none now.
  private(set) var lostPosition: Offset?
  /// The epoch of the last delivered batch, or the one given in a seek.
  var positionEpoch = LeaderEpoch.unknown
  private(set) var leader: NodeID?
  private(set) var leaderEpoch = LeaderEpoch.unknown

  /// From the last fetch.
  var highWatermark = Offset.unknown
  var lastStableOffset = Offset.unknown
  var logStartOffset = Offset.unknown

  /// A replica nearer than the leader, as reported by the leader (KIP-392).
  private var preferredReplica: (node: NodeID, until: Instant)?
  /// After an error: no fetch before this instant, unless the leader changes.
  var waitsUntil = Instant(nanoseconds: .min) { didSet { stir() } }
  var buffered: FetchedRecords?

  /// Makes a restless partition, which the caller must add to the consumer's restless ones.
  init(_ partition: TopicPartition, phase: Phase, consumer: Consumer) {
    self.partition = partition
    self.phase = phase
    self.consumer = consumer
  }

  // MARK: Rest

  /// Lets the partition rest. Call it when a session asks for exactly what is wanted, or nothing is wanted, until something changes.
  func rest() {
    isResting = true
    sessions.first?.restingPartitions += 1
  }

  /// Makes a resting partition restless: the consumer visits it at its next fetch.
  func stir() {
    guard isResting else { return }
    isResting = false
    sessions.first?.restingPartitions -= 1
    consumer.restless.append(self)
  }

  // MARK: Positions

  /// Moves the position other than by consumption. Earlier fetches and requests no longer count.
  func move(to offset: Offset, epoch: LeaderEpoch = .unknown, phase: Phase) {
    generation += 1
    position = offset
    lostPosition = nil
    positionEpoch = epoch
    buffered = nil
    self.phase = phase
  }

  /// Forgets the position. The partition makes no progress until there is a new one.
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

  /// Buffers the result of a fetch until it is delivered.
  func buffer(_ records: FetchedRecords) {
    buffered = records
    stir()
  }

  /// Applies the leader and leader epoch from the metadata.
  func takeLeader(_ metadata: PartitionMetadata?) {
    stir()
    guard let metadata else { return leader = nil }
    guard metadata.leader != leader || metadata.leaderEpoch != leaderEpoch else { return }
    leader = metadata.leader
    leaderEpoch = metadata.leaderEpoch
    // Drop what the previous leader said about closer replicas (`SubscriptionState.maybeValidatePosition`).
    forgetPreferredReplica()
    waitsUntil = Instant(nanoseconds: .min)
    if positionEpoch != .unknown, case .fetching = phase { phase = .needsValidation }
    if case .validating = phase {
      mark(.leaderMovedDuringValidation)
      generation += 1
      phase = .needsValidation
    }
  }

  var isFetching: Bool {
    if case .fetching = phase { true } else { false }
  }

  var isFetchable: Bool { isFetching && !isPaused && buffered == nil && isAssigned }

  // MARK: Closer replicas

  /// The broker to fetch from.
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
