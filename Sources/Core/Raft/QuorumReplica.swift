import Host
import Log
import Primitives
import Transport
import Wire

/// One replica of the metadata log `__cluster_metadata-0`: a voter of the quorum, or an observer of it (KIP-595).
///
/// Voters elect a leader and replicate by fetching from it; a record is committed when a majority of them has it on the platter.
/// Observers fetch as well but do not count, and those of static voters only ever get what is committed. Every replica keeps the log on its own
/// disk, or a snapshot and what follows it (KIP-630), and hands the committed records to its listener, from the first one on or from the snapshot on.
///
/// A single voter elects itself at start: it raises the epoch, votes for itself, makes that durable, and leads. If there are several, a voter that
/// does not hear from a leader in time first asks the others whether they would vote for it (KIP-996). A leader that does not hear from a majority
/// resigns (KAFKA-15489).
public final class QuorumReplica {
  public let configuration: QuorumConfiguration
  /// Must be set before `start`.
  public weak var listener: (any QuorumListener)?

  let reactor: Reactor
  let sender: RequestSender
  let log: PartitionLog
  let snapshots: SnapshotStore
  /// The snapshot that is being written here, and the one that is on its way from the leader.
  var snapshotTaking: SnapshotTaking?
  var snapshotFetch: SnapshotFetch?
  /// One that came from the leader and could not be read.
  var brokenSnapshot: SnapshotID?
  var cleaningTimer: ScheduledTimer?
  /// A leader has everything that was ever committed: a snapshot has nothing to tell it.
  var hasLoadedAsLeader = false

  var role: QuorumRole {
    didSet {
      requireChange(from: oldValue)
      endSnapshotFetchOfFormerLeader()
    }
  }
  /// Where the leader listens, as it or others said; nil where only its id is known.
  var leaderAddress: Address?
  /// Who got this replica's vote in the present epoch, or was known to lead in it: nobody else can get it.
  var votedFor: ReplicaKey?
  /// What the log and its snapshot say of the voters.
  var history: VoterSetHistory
  /// The voter set in force: that of the newest VotersRecord in the log, committed or not, as Raft demands, else of the snapshot, else the configured one.
  public internal(set) var voters: VoterSet
  let store: QuorumStateStore
  /// Everything below is committed. After a start no more is known than what is in a snapshot, until a leader tells or this replica leads.
  public internal(set) var highWatermark: Offset = 0
  /// The offset of the next batch for the listener.
  var nextDelivery: Offset = 0
  private var isDelivering = false
  var isSyncing = false
  /// The end of what is certainly on the platter.
  var durableEndOffset: Offset
  var hasFailed = false
  /// Of fetches from other replicas.
  let roomForFetches = MessageRoom<FetchRequest>()
  /// The next fetch. Made once: an idle replica does little else than to fetch.
  var fetchRequest: FetchRequest
  /// Counts the fetches: a response to an earlier one is ignored.
  var fetchNumber: UInt64 = 0
  /// The voter to ask next for the unknown leader, as an index.
  var nextBootstrap = 0
  /// When the leader was last heard from, for a voter that would replace it.
  var lastLeaderContact = Instant.zero
  /// Whether the current leader has answered a fetch (KIP-996).
  var hasFetchedFromLeader = false
  var electionTimer: ScheduledTimer?
  var leaderTimer: ScheduledTimer?
  /// When this follower may ask the leader next to change what the voter set says of it.
  var membershipDue = Instant.zero
  /// Whether kraft.version has gone down again with what was truncated.
  var hasTakenUpgradeBack = false
  /// Whether this leader knows the directory and the versions of this voter.
  var hasDescribedItself = false
  /// What the last check of the invariants saw; nil before the first.
  var seen: Seen?
  /// What it has given to the store last, or was told by it: for checks alone.
  var remembered: QuorumState

  /// Opens the log. After an unclean shutdown the log is recovered.
  public init(configuration: QuorumConfiguration, reactor: Reactor, cleanShutdown: Bool = false) throws(LogError) {
    precondition(!configuration.bootstrapAddresses.isEmpty, "node \(configuration.nodeID) has nobody to ask for the leader of the metadata log")
    self.configuration = configuration
    self.reactor = reactor
    sender = RequestSender(reactor: reactor, clientID: "raft-client-\(configuration.nodeID)")
    fetchRequest = FetchRequest(from: configuration)
    let snapshots = try SnapshotStore(directory: configuration.directory, disk: reactor.disk)
    let start = try Self.expectedStart(configuration, snapshots, disk: reactor.disk)
    let logConfiguration = configuration.metadataLog.logConfiguration(isProtected: configuration.switches.protectLogBehindSnapshot)
    log = try PartitionLog(
      directory: configuration.directory, partition: Self.partition, topicID: .metadataTopic, configuration: logConfiguration,
      reactor: reactor, cleanShutdown: cleanShutdown, recoveryPoint: 0, logStartOffset: start, mustBeWhole: true)
    try Self.settle(snapshots, with: log, configuration, reactor)
    self.snapshots = snapshots
    highWatermark = snapshots.latest?.endOffset ?? 0
    let history = try Self.history(of: log, snapshots, configuration)
    self.history = history
    voters = history.voters
    let latestEpoch = Self.latestEpoch(of: log, snapshots)
    durableEndOffset = min(log.flushedOffset, log.logEndOffset)
    var failed: (DiskError) -> Void = { _ in }
    store = QuorumStateStore(directory: configuration.directory, reactor: reactor) { failed($0) }
    let stored = store.load()
    try Self.check(stored, latestEpoch: latestEpoch, directory: configuration.directory)
    let epoch = max(stored?.epoch ?? 0, latestEpoch)
    role = .unattached(epoch)
    remembered = QuorumState(epoch: epoch)
    if let stored, stored.epoch == epoch { votedFor = stored.votedFor ?? stored.leader.map { ReplicaKey(id: $0, directory: nil) } }
    requireBeginning(with: stored)
    failed = { [unowned self] in fail(LogError.disk(DiskFailure(path: votePath, error: $0)).below(reactor.disk.location).description) }
  }

  /// The file that keeps this replica's vote.
  public var votePath: String { "\(configuration.directory)/\(QuorumState.fileName)" }

  /// The epoch that the content of such a file is about, and the candidate that has the vote in it; nil if the content is not valid.
  public static func vote(in content: Bytes) -> (epoch: LeaderEpoch, candidate: NodeID?)? {
    QuorumState(decoding: content).map { ($0.epoch, $0.votedFor?.id ?? $0.leader) }
  }

  /// The one partition of the metadata log.
  public static let partition = TopicPartition("__cluster_metadata", 0)

  /// Checks what prevents the metadata log on a node's disk from being opened.
  public static func check(disk: any Disk) throws(LogError) {
    try LogManager.checkPartition(partition.description, disk: disk, others: [QuorumState.fileName])
  }

  /// Up to where the metadata on a node's disk is sound: by its log, from its beginning or a snapshot on. Reads alone: for a look before anything is opened.
  public static func intactEnd(onDisk disk: any Disk) throws(LogError) -> Offset {
    let sound = try SnapshotStore(directory: partition.description, disk: disk).newestSound().sound?.endOffset ?? 0
    return max(sound, try PartitionLog.intactEnd(of: partition.description, disk: disk, beginningBy: sound))
  }

  /// The kraft.version of the metadata on a node's disk, as far as that is sound, committed or not; nil where there is none. Reads alone: for a look before
  /// anything is opened.
  public static func kraftVersion(onDisk disk: any Disk) throws(LogError) -> Int16? {
    let snapshots = try SnapshotStore(directory: partition.description, disk: disk)
    let sound = try snapshots.newestSound().sound
    var version: Int16?
    func take(_ records: [QuorumRecord]) {
      for case .kraftVersion(let level) in records { version = level }
    }
    if let sound { take(try snapshots.snapshot(sound).quorumRecords()) }
    let end = try PartitionLog.intactEnd(of: partition.description, disk: disk, beginningBy: sound?.endOffset ?? 0) { batch in
      if batch.isControl, let records = try? batch.quorumRecords() { take(records.map(\.record)) }
    }
    return sound == nil && end == 0 ? nil : version ?? 0
  }

  /// The file of the first segment that starts after an offset, on a node's disk.
  public static func firstSegment(behind end: Offset, onDisk disk: any Disk) throws(LogError) -> String? {
    try PartitionLog.firstSegment(behind: end, of: partition.description, disk: disk)
  }

  /// The newest snapshot of the metadata on a node's disk, sound or not.
  public static func newestSnapshot(onDisk disk: any Disk) throws(LogError) -> SnapshotID? {
    try SnapshotStore(directory: partition.description, disk: disk).latestWithMetadata
  }

  /// The leader as far as this replica knows, and its address.
  public var leader: (id: NodeID, address: Address)? {
    guard let id = role.leader, let address = isLeader ? configuration.address : leaderAddress ?? voters.address(of: id) else { return nil }
    return (id, address)
  }

  public var epoch: LeaderEpoch { role.epoch }
  /// Whether the replica has neither failed nor been closed.
  public var isWell: Bool { !hasFailed }
  /// Whether this replica leads, even if it has not committed anything yet.
  public var isLeader: Bool { leading != nil }
  /// Whether this replica leads and may append.
  public var isActive: Bool { leading?.isAnnounced == true }
  public var logEndOffset: Offset { log.logEndOffset }

  /// The file that holds the last record below an offset, and how many of its bytes hold what is below; nil where memory does not tell. For inspection from outside.
  public func extent(below end: Offset) -> (path: String, bytes: Int)? { log.extent(below: end) }

  var leading: QuorumLeader? {
    if case .leader(let leader) = role { return leader }
    return nil
  }

  /// Starts to take part in the quorum.
  public func start() {
    loadSnapshot()
    guard !hasFailed else { return }
    watchRetention()
    if voters.isOnlyVoter(replica) { return stand() }
    lastLeaderContact = reactor.now
    if mayStand { awaitLeader() }
    fetch()
  }

  /// Closes the log cleanly, as the last step of a shutdown. A leader asks the others to elect a successor.
  public func close() {
    if let leading, voters.count > 1 {
      mark(.leaderShutDown)
      reactor.host.report(.controllerResigned(configuration.nodeID, epoch: leading.epoch, reason: .shutdown))
      endEpoch(leading)
    }
    hasFailed = true
    abandonSnapshot()
    endSnapshotFetch()
    log.close()
  }

  // MARK: Committed records

  /// Raises the high watermark, never lowers it, and passes on what is committed now.
  func advanceHighWatermark(to offset: Offset) {
    guard offset > highWatermark else { return }
    mustHold(offset <= log.logEndOffset, "\(words): what is below \(offset) counts as committed, and the log ends at \(log.logEndOffset)")
    highWatermark = offset
    deliver()
  }

  private func deliver() {
    // A listener that appends may commit at once and return here: the outer loop then continues with the new records.
    guard !isDelivering else { return }
    isDelivering = true
    defer { isDelivering = false }
    while nextDelivery < highWatermark, !hasFailed {
      do {
        let slice = try log.read(from: nextDelivery, upTo: highWatermark, maxBytes: Self.deliveryBytes, minOneBatch: true)
        guard !slice.isEmpty else { return }
        for batch in try RecordBatch.splitting(slice.records) where batch.lastOffset >= nextDelivery {
          mustHold(
            batch.baseOffset == nextDelivery && batch.nextOffset <= highWatermark,
            "\(words): offsets \(batch.baseOffset) to \(batch.lastOffset) are handed over, records below \(nextDelivery) were, and those below \(highWatermark) are committed")
          nextDelivery = batch.nextOffset
          reactor.host.report(
            .metadataCommitted(.init(baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, epoch: batch.partitionLeaderEpoch, checksum: batch.checksum)))
          if batch.isControl { reportCommittedVoters(in: batch) }
          listener?.committed(try CommittedBatch(batch))
        }
      } catch {
        return fail("the metadata log cannot be read at \(nextDelivery): \(error)")
      }
    }
  }

  /// Runs the completion when everything appended so far is on the platter.
  func makeDurable(_ completion: @escaping () -> Void) {
    let target = log.logEndOffset
    guard configuration.switches.syncBeforeCommit else {
      durableEndOffset = target
      return completion()
    }
    log.flush { [unowned self] error in
      if let error { return fail("the metadata log cannot be synced: \(error)") }
      // What was cut off meanwhile may have been replaced by records that this sync did not write.
      durableEndOffset = max(durableEndOffset, min(target, log.flushedOffset))
      completion()
    }
  }

  func fail(_ reason: String) {
    guard !hasFailed else { return }
    hasFailed = true
    listener?.failed(QuorumFailure(reason))
  }

  private static let deliveryBytes = 1 << 20
}

extension CommittedBatch {
  init(_ batch: RecordBatch) throws {
    self.init(
      records: try batch.metadataRecords(), baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, epoch: batch.partitionLeaderEpoch,
      timestamp: batch.maxTimestamp, sizeInBytes: batch.sizeInBytes)
  }
}
