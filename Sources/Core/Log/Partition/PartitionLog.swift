import Host
import Primitives
import Wire

/// One replica's records of one partition, on one disk, in Kafka's own files.
///
/// What was appended survives the end of the process; what was synced (`flushedOffset`) survives a power loss as well. Opening a
/// log brings whatever a crash left back to the longest valid prefix: whole batches with right checksums and growing offsets, and
/// indexes, producer state and leader epochs that follow from them.
///
/// After the first failure of the disk the log is offline: nothing is read, written or synced any more (KAFKA-7866, KAFKA-10778).
public final class PartitionLog {
  public let partition: TopicPartition
  /// Zero where the directory does not say.
  public internal(set) var topicID: Uuid
  /// The directory of this log on the node's disk.
  public let directory: String
  /// Takes effect with the next append, roll or retention check.
  public var configuration: LogConfiguration {
    didSet { if configuration.cleanupPolicy != oldValue.cleanupPolicy { onPolicyChanged?() } }
  }

  /// The first offset that may be read.
  public internal(set) var logStartOffset: Offset {
    didSet { if logStartOffset != oldValue { onStartMoved?() } }
  }
  /// The offset the next record gets.
  public internal(set) var logEndOffset: Offset
  public private(set) var failure: DiskFailure?
  /// What a leader writes stands side by side in it.
  var arena = ByteArena()
  /// Kept for the next append: room for the batches that come, and for those that are written.
  var roomForGiven: [RecordBatch] = []
  var roomForWritten: [RecordBatch] = []

  /// Runs when `durableEndOffset` has grown because a sync ended.
  public var onDurable: (() -> Void)?
  /// Runs when `logStartOffset` has changed.
  public var onStartMoved: (() -> Void)?
  /// Runs when records were taken away, with the base offset of the active segment that is left.
  var onTruncated: ((Offset) -> Void)?
  /// Runs when `cleanup.policy` has changed.
  var onPolicyChanged: (() -> Void)?
  /// Runs once, when the disk has failed and the log has gone offline.
  public var onOffline: ((LogError) -> Void)?
  /// Asked for when a truncation went below the recovery point: whoever keeps the recovery points makes the lower one durable and then
  /// calls the argument. Without it nobody keeps one.
  var recoveryPointLowered: ((_ whenDurable: @escaping () -> Void) -> Void)?

  /// The log was closed; what the disk still says about it changes nothing.
  private(set) var isClosed = false
  /// Runs when a write of the epochs has ended after the log was closed: it may have gone to the directory of a namesake.
  var epochsWrittenLate: (() -> Void)?

  let reactor: Reactor
  let files: DirectoryFiles
  /// Ascending by base offset, never empty. The last one is active.
  var segments: [LogSegment]
  /// Base offsets of segments that do not begin where the one before them ends: records between were compacted, here or at the leader, or lost to
  /// damage that was told when the log was opened. Ascending.
  var knownGaps: [Offset]
  var epochs: LeaderEpochCache
  var epochCheckpoint: EpochCheckpoint
  var producers: ProducerStates
  /// Transactions that are about to begin here.
  var verifications = TransactionVerifications()
  let switches: LogSwitches
  /// `producer.id.expiration.ms`, for producers that a snapshot names.
  var producerIDExpiration: Duration
  /// Producers that wrote last at or before it may be forgotten.
  var producersExpiredUntil: Timestamp
  /// Offsets of the producer snapshots in the directory, ascending.
  var snapshots: [Offset]
  var flushing: FlushState
  /// A lower recovery point is on its way to the disk. Until it is there no segment is closed for its size or age: recovery would
  /// begin behind it and would not look at it.
  var isLoweringRecoveryPoint = false
  /// What was read before a truncation may be gone, and something else stand in its place.
  var truncationCount = 0
  /// New segments are on their way to the disk that shall stand in the place of others.
  var isReplacingSegments = false
  /// Files in which a reader met a damaged batch: each is told once.
  private var toldDamage: [String] = []

  /// Opens the log of a directory, which is made where there is none, and recovers what a crash left in it.
  ///
  /// - `cleanShutdown`: the last life synced and closed this log. Then files are trusted as far as they fit each other.
  /// - `recoveryPoint`: everything below was synced; recovery begins with the segment that holds it.
  /// - `logStartOffset`: as far as it is known from elsewhere.
  /// - `highWatermark`: as it was written down last; the log once reached so far.
  /// - `isCompacted`: it is known that the log was compacted, whatever its configuration says.
  /// - `producerIDExpiration`: producers that wrote nothing for so long are not read back from a snapshot.
  /// - `mustBeWhole`: where a segment is missing after an unclean end, what lies behind is set aside, and not kept behind a gap.
  public init(
    directory: String, partition: TopicPartition, topicID: Uuid, configuration: LogConfiguration, reactor: Reactor,
    cleanShutdown: Bool, recoveryPoint: Offset, logStartOffset: Offset, highWatermark: Offset? = nil, isCompacted: Bool = false,
    mustBeWhole: Bool = false, producerIDExpiration: Duration = .forever, switches: LogSwitches = LogSwitches()
  ) throws(LogError) {
    let files = DirectoryFiles(disk: reactor.disk, directory: directory)
    let loader = LogLoader(
      partition: partition, files: files, configuration: configuration, reactor: reactor,
      evidence: LogEvidence(
        isCleanShutdown: cleanShutdown, recoveryPoint: recoveryPoint, logStartOffset: logStartOffset, highWatermark: highWatermark,
        isCompacted: isCompacted, mustBeWhole: mustBeWhole),
      memory: ProducerMemory(expiration: producerIDExpiration, switches, at: reactor.wallClock))
    let loaded = try loader.load(topicID: topicID)
    producersExpiredUntil = loader.memory.expiry ?? .none

    self.directory = directory
    self.partition = partition
    self.topicID = topicID
    self.configuration = configuration
    self.reactor = reactor
    self.files = files
    self.switches = switches
    self.producerIDExpiration = producerIDExpiration
    segments = loaded.segments
    knownGaps = zip(loaded.segments, loaded.segments.dropFirst()).filter { $0.nextOffset < $1.baseOffset }.map(\.1.baseOffset)
    self.logStartOffset = loaded.logStartOffset
    logEndOffset = loaded.logEndOffset
    epochs = loaded.epochs
    epochCheckpoint = EpochCheckpoint()
    producers = loaded.producers
    snapshots = loaded.snapshots
    flushing = FlushState(flushedOffset: loaded.recoveryPoint, lastFlush: reactor.now)
    flushing.unsyncedSegments = loaded.unsyncedSegments
    flushing.unsyncedFiles = loaded.unsyncedFiles
    flushing.areNamesDirty = loaded.areNamesDirty
    flushing.isParentDirty = loaded.isNew || !cleanShutdown

    for warning in loaded.warnings { reactor.host.report(.warning(warning)) }
    if loaded.areEpochsDirty { writeEpochs(from: loaded.epochs.entries.first?.startOffset ?? 0) }
    if !cleanShutdown, !loaded.isNew {
      reactor.host.report(.logRecovered(partition, logEndOffset: logEndOffset, bytesCut: loaded.bytesCut))
      flush { _ in }
    } else {
      syncClosedParts()
    }
  }

  var active: LogSegment { segments[segments.count - 1] }

  /// Bytes of all segments, without their indexes.
  public var sizeInBytes: Int { segments.reduce(0) { $0 + $1.size } }

  public var segmentCount: Int { segments.count }

  /// Base offsets of the segments, ascending.
  public var segmentBaseOffsets: [Offset] { segments.map(\.baseOffset) }

  // MARK: Failing

  /// Ends with an error where the log is offline.
  func checkOnline() throws(LogError) {
    if let failure { throw .offline(failure) }
  }

  /// Runs something on the disk. Its first failure takes the log offline.
  func perform<Result>(_ body: () throws(LogError) -> Result) throws(LogError) -> Result {
    try checkOnline()
    do {
      return try body()
    } catch {
      switch error {
      case .disk(let failure): fail(failure)
      case .damaged(let path, _): tellDamage(path, error)
      case .offline, .offsetOutOfRange, .conflict: break
      }
      throw error
    }
  }

  private func tellDamage(_ path: String, _ error: LogError) {
    guard !toldDamage.contains(path) else { return }
    toldDamage.append(path)
    reactor.host.report(.warning("\(partition): \(error); readers get an error there"))
  }

  func fail(_ failure: DiskFailure) {
    guard self.failure == nil, !isClosed else { return }
    self.failure = failure
    reactor.host.report(.diskFailed(failure.error, path: failure.path))
    let waiters = flushing.waiters
    flushing.waiters = []
    for waiter in waiters { waiter.completion(.offline(failure)) }
    onOffline?(.offline(failure))
  }

  // MARK: Segments

  /// Tells of offsets that no segment holds, where nothing was compacted. To be called once the topic's settings are known.
  func tellGaps() {
    guard !configuration.cleanupPolicy.contains(.compact) else { return }
    for (former, next) in zip(segments, segments.dropFirst()) where former.nextOffset < next.baseOffset {
      reactor.host.report(
        .warning(
          "\(partition): offsets \(former.nextOffset) to \(next.baseOffset - Int64(1)) are missing: "
            + "\(files.path(former.name)) ends before them, and \(files.path(next.name)) begins behind them"))
    }
  }

  /// The segment that holds an offset: the last one that does not begin behind it.
  func segmentIndex(for offset: Offset) -> Int {
    max(0, segments.partitioningIndex { $0.baseOffset > offset } - 1)
  }

  /// Closes the files without syncing anything. The log is not used afterwards.
  public func close() {
    isClosed = true
    for segment in segments { segment.close() }
    for file in flushing.unsyncedFiles { reactor.disk.close(file.id) }
    flushing.unsyncedFiles = []
  }
}
