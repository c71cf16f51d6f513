import Host
import Primitives
import Wire

/// One replica's records of one partition, on one disk, in Kafka's own files.
///
/// What was appended survives the end of the process; what was synced (`flushedOffset`) survives a power loss as well. Opening a log after a crash
/// restores the longest valid prefix: complete batches with right checksums and ascending offsets, and indexes, producer state and leader epochs
/// derived from them.
///
/// After the first disk failure the log is offline: it reads, writes and syncs nothing more (KAFKA-7866, KAFKA-10778).
public final class PartitionLog {
  public let partition: TopicPartition
  /// Zero if the directory holds no id.
  public internal(set) var topicID: Uuid
  /// The directory of this log on the node's disk.
  public let directory: String
  /// Changes take effect with the next append, roll or retention check.
  public var configuration: LogConfiguration {
    didSet { if configuration.cleanupPolicy != oldValue.cleanupPolicy { onPolicyChanged?() } }
  }

  /// The first readable offset.
  public internal(set) var logStartOffset: Offset {
    didSet { if logStartOffset != oldValue { onStartMoved?() } }
  }
  /// The offset of the next record.
  public internal(set) var logEndOffset: Offset
  public private(set) var failure: DiskFailure?
  /// Holds what a leader writes, back to back.
  var arena = ByteArena()
  /// Reused by the next append: space for the incoming batches, and for those that are written.
  var roomForGiven: [RecordBatch] = []
  var roomForWritten: [RecordBatch] = []

  /// Called when `durableEndOffset` has grown because a sync ended.
  public var onDurable: (() -> Void)?
  /// Called when `logStartOffset` has changed.
  public var onStartMoved: (() -> Void)?
  /// Called after a truncation, with the base offset of the remaining active segment.
  var onTruncated: ((Offset) -> Void)?
  /// Called when `cleanup.policy` has changed.
  var onPolicyChanged: (() -> Void)?
  /// Called once, when the disk has failed and the log has gone offline.
  public var onOffline: ((LogError) -> Void)?
  /// Called when a truncation went below the recovery point: the owner of the recovery points makes the lower one durable and then calls the
  /// argument. Nil if there is no such owner.
  var recoveryPointLowered: ((_ whenDurable: @escaping () -> Void) -> Void)?

  /// The log was closed; later disk results change nothing.
  private(set) var isClosed = false
  /// Called when a write of the epochs ended after the log was closed: it may have hit the directory of a new log with the same name.
  var epochsWrittenLate: (() -> Void)?

  let reactor: Reactor
  let files: DirectoryFiles
  /// Ascending by base offset, never empty. The last one is active.
  var segments: [LogSegment]
  /// Base offsets of segments that do not start where the previous one ends: the records between were compacted, here or at the leader, or lost to
  /// damage that was reported when the log was opened. Ascending.
  var knownGaps: [Offset]
  var epochs: LeaderEpochCache
  var epochCheckpoint: EpochCheckpoint
  var producers: ProducerStates
  /// Transactions that are about to start here.
  var verifications = TransactionVerifications()
  let switches: LogSwitches
  /// `producer.id.expiration.ms`, for producers in a snapshot.
  var producerIDExpiration: Duration
  /// Producers whose last write is not after this time may be forgotten.
  var producersExpiredUntil: Timestamp
  /// Offsets of the producer snapshots in the directory, ascending.
  var snapshots: [Offset]
  var flushing: FlushState
  /// A lower recovery point is being written to the disk. Until it is durable no segment is closed for its size or age: recovery would start after
  /// that segment and would not check it.
  var isLoweringRecoveryPoint = false
  /// Counts truncations: data read before one may be gone or replaced.
  var truncationCount = 0
  /// New segments that will replace others are being synced.
  var isReplacingSegments = false
  /// Files in which a reader met a damaged batch: each is reported once.
  private var toldDamage: [String] = []

  /// Opens the log of a directory, which is created if there is none, and recovers what a crash left in it.
  ///
  /// - `cleanShutdown`: The last life synced and closed this log. Files are then trusted as far as they fit each other.
  /// - `recoveryPoint`: Everything below was synced; recovery starts with the segment that holds it.
  /// - `logStartOffset`: The log start offset, as far as other sources know it.
  /// - `highWatermark`: The last checkpointed high watermark; the log once reached it.
  /// - `isCompacted`: The log is known to have been compacted, whatever its configuration says.
  /// - `producerIDExpiration`: Producers that wrote nothing for this long are not restored from a snapshot.
  /// - `mustBeWhole`: If a segment is missing after an unclean shutdown, what follows it is set aside instead of being kept after a gap.
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
      memory: ProducerMemory(expiration: producerIDExpiration, switches, at: reactor.wallClock),
      checksChecksums: switches.recoveryChecksChecksums)
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
    epochsBegin = loaded.epochs.entries.first.flatMap { !cleanShutdown && $0.startOffset > loaded.logStartOffset ? $0.startOffset : nil }
    epochCheckpoint = EpochCheckpoint()
    producers = loaded.producers
    snapshots = loaded.snapshots
    flushing = FlushState(flushedOffset: loaded.recoveryPoint, lastFlush: reactor.now)
    flushing.unsyncedSegments = loaded.unsyncedSegments
    flushing.unsyncedFiles = loaded.unsyncedFiles
    flushing.areNamesDirty = loaded.areNamesDirty
    flushing.isParentDirty = loaded.isNew || !cleanShutdown
    requireLoaded(recoveryPoint: cleanShutdown || loaded.isNew ? nil : max(0, recoveryPoint))

    for warning in loaded.warnings { reactor.report(.warning(warning)) }
    if loaded.areEpochsDirty { writeEpochs(from: loaded.epochs.entries.first?.startOffset ?? 0) }
    if !cleanShutdown, !loaded.isNew {
      reactor.report(.logRecovered(partition, logEndOffset: logEndOffset, bytesCut: loaded.bytesCut))
      flush { _ in }
    } else {
      syncClosedParts()
    }
  }

  /// Where the first epoch began that was known when the log was opened after a crash, if records before it were there: the epochs of what was deleted are forgotten at once, and
  /// the log start offset is on the disk only later, so that they came back without an epoch. Nil in any other log.
  var epochsBegin: Offset?

  var active: LogSegment { segments[segments.count - 1] }

  /// Size of all segments in bytes, without their indexes.
  public var sizeInBytes: Int { segments.reduce(0) { $0 + $1.size } }

  public var segmentCount: Int { segments.count }

  /// Base offsets of the segments, ascending.
  public var segmentBaseOffsets: [Offset] { segments.map(\.baseOffset) }

  // MARK: Failure

  /// Throws if the log is offline.
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
      case .disk(let failure):
        guard switches.fenceAppendsAfterIOError else { throw failLater(failure) }
        fail(failure)
      case .damaged(let path, _): tellDamage(path, error)
      case .offline, .offsetOutOfRange, .conflict: break
      }
      throw error
    }
  }

  private func tellDamage(_ path: String, _ error: LogError) {
    guard !toldDamage.contains(path) else { return }
    mark(.damageFoundByReader)
    toldDamage.append(path)
    reactor.report(.warning("\(partition): \(error); readers get an error there"))
  }

  func fail(_ failure: DiskFailure) {
    guard self.failure == nil, !isClosed else { return }
    mark(.logOffline)
    self.failure = failure
    reactor.report(.diskFailed(failure.error, path: failure.path))
    let waiters = flushing.waiters
    flushing.waiters = []
    for waiter in waiters { waiter.completion(.offline(failure)) }
    onOffline?(.offline(failure))
  }

  /// As before KAFKA-7866 and KAFKA-10778: another thread takes the directory out of use a moment later. What is appended until then comes after
  /// whatever the failed append left in the file, and gets the same offsets.
  ///
  /// - Returns: what the failed append is told: nothing that takes the broker down at once.
  private func failLater(_ failure: DiskFailure) -> LogError {
    active.skipUnaccountedBytes()
    reactor.after(.milliseconds(100)) { [weak self] in self?.fail(failure) }
    return .damaged(path: failure.path, reason: "\(failure.error); the log goes out of use in a moment")
  }

  // MARK: Segments

  /// Reports offsets that no segment holds although nothing was compacted. Call it once the topic's settings are known.
  func tellGaps() {
    guard !configuration.cleanupPolicy.contains(.compact) else { return }
    for (former, next) in zip(segments, segments.dropFirst()) where former.nextOffset < next.baseOffset {
      reactor.report(
        .warning(
          "\(partition): offsets \(former.nextOffset) to \(next.baseOffset - Int64(1)) are missing: "
            + "\(files.path(former.name)) ends before them, and \(files.path(next.name)) begins behind them"))
    }
  }

  /// The segment that holds an offset: the last one whose base offset is not after it.
  func segmentIndex(for offset: Offset) -> Int {
    max(0, segments.partitioningIndex { $0.baseOffset > offset } - 1)
  }

  /// Closes the files without syncing anything. The log must not be used afterwards.
  public func close() {
    isClosed = true
    for segment in segments { segment.close() }
    for file in flushing.unsyncedFiles { reactor.disk.close(file.id) }
    flushing.unsyncedFiles = []
  }
}
