import Host
import Log
import Primitives
import Wire

// Snapshots at one replica: with which it begins, and which older ones go with the part of the log that they stand for (KIP-630).

extension QuorumReplica {
  /// Of the last record that the log holds, or a snapshot in its place (`KafkaMetadataLog.lastFetchedEpoch`); zero before the first.
  public var latestEpoch: LeaderEpoch { Self.latestEpoch(of: log, snapshots) }

  static func latestEpoch(of log: PartitionLog, _ snapshots: SnapshotStore) -> LeaderEpoch {
    if let epoch = log.latestEpoch { return epoch }
    guard let latest = snapshots.latest, latest.endOffset == log.logEndOffset else { return 0 }
    return latest.epoch
  }

  /// Whether a snapshot holds more than the log (`KafkaMetadataLog.truncateToLatestSnapshot`).
  static func isAhead(_ id: SnapshotID, of log: PartitionLog) -> Bool { id > SnapshotID(endOffset: log.logEndOffset, epoch: log.latestEpoch ?? 0) }

  // MARK: Opening

  /// Where the log may begin, as far as its snapshots say: whatever takes its first segments away leaves a snapshot of what they held.
  static func expectedStart(_ configuration: QuorumConfiguration, _ snapshots: SnapshotStore, disk: any Disk) throws(LogError) -> Offset {
    guard let first = try PartitionLog.firstOffset(of: configuration.directory, disk: disk), snapshots.ids.contains(where: { $0.endOffset >= first })
    else { return 0 }
    return first
  }

  /// Brings a log that was just opened and its snapshots into line.
  ///
  /// A snapshot that is damaged is put aside where the log holds all that it held, behind an older one or from the beginning on. Where it does not, the
  /// replica cannot be opened. (Kafka's ends with any damaged snapshot that it loads, whatever else there is.)
  static func settle(_ snapshots: SnapshotStore, with log: PartitionLog, _ configuration: QuorumConfiguration, _ reactor: Reactor) throws(LogError) {
    let start = log.logStartOffset
    guard start == 0 || snapshots.ids.contains(where: { $0.endOffset >= start }) else {
      throw .damaged(
        path: configuration.directory,
        reason: "the log begins at offset \(start), and no snapshot holds what came before; \(remedy(configuration))")
    }
    let (sound, damaged) = try snapshots.newestSound()
    if let newest = damaged.first {
      mark(.newestSnapshotDamaged)
      guard log.logEndOffset >= newest.id.endOffset, start <= sound?.endOffset ?? 0 else {
        throw .damaged(
          path: "\(configuration.directory)/\(newest.id.fileName)",
          reason: "\(newest.reason.reason), and the log beside it, from offset \(start) to \(log.logEndOffset), does not hold all of what was in it; \(remedy(configuration))")
      }
      for (id, reason) in damaged {
        let name = try LogError.wrap { () throws(DiskFailure) in try snapshots.setAside(id) }
        let instead = sound.map { "the snapshot up to offset \($0.endOffset) and the log behind it stand in for it" } ?? "the log from offset 0 on stands in for it"
        reactor.host.report(.warning("\(reason); \(instead), and the file is kept as \(configuration.directory)/\(name)"))
      }
    }
    try LogError.wrap { () throws(DiskFailure) in try snapshots.settle(from: start) }
    // A crash between the arrival of a snapshot from the leader and the end of the log that it replaces.
    guard let latest = snapshots.latestWithMetadata, isAhead(latest, of: log) else { return }
    mark(.snapshotOutlivedItsLog)
    try log.truncateFully(startingAt: latest.endOffset, reason: .snapshot)
    for name in try LogError.wrap({ () throws(DiskFailure) in try snapshots.markDeleted(before: latest) }) {
      try LogError.wrap { () throws(DiskFailure) in try snapshots.files.remove(name) }
    }
  }

  /// A voter that forgets what it acknowledged could be elected without it.
  private static func remedy(_ configuration: QuorumConfiguration) -> String {
    configuration.canBecomeVoter
      ? "stop this node and put a copy of another voter's directory in the place of this one"
      : "stop this node and move this directory away: it fetches everything anew"
  }

  // MARK: Loading

  /// Gives the listener the newest snapshot in the place of all that it was given before.
  func loadSnapshot() {
    guard let id = snapshots.latestWithMetadata, id.endOffset > nextDelivery else { return }
    mark(.snapshotLoaded)
    hasLoadedAsLeader = hasLoadedAsLeader || isLeader
    do {
      try listener?.load(snapshots.snapshot(id))
    } catch {
      return fail("the snapshot \(id.fileName) of the metadata cannot be loaded: \(error)")
    }
    reactor.host.spend(.copy(bytes: snapshots.size(of: id) ?? 0))
    reactor.host.spend(.checksum(bytes: snapshots.size(of: id) ?? 0))
    nextDelivery = id.endOffset
    reactor.host.report(.metadataSnapshotLoaded(end: id.endOffset, epoch: id.epoch))
  }

  // MARK: Cleaning

  /// Looks once a minute while there is an older snapshot than the newest (`RaftMetadataLogCleanerManager`, which always looks).
  func watchRetention() {
    guard cleaningTimer == nil, snapshots.ids.count > 1, !hasFailed else { return }
    cleaningTimer = reactor.after(Self.cleaningInterval) { [unowned self] in
      cleaningTimer = nil
      guard !hasFailed else { return }
      do throws(LogError) {
        try cleanUp()
      } catch {
        return fail("the metadata log cannot be cleaned: \(error)")
      }
      watchRetention()
    }
  }

  private static let cleaningInterval = Duration.seconds(60)
  private static let fileDeleteDelay = Duration.seconds(60)

  /// Takes the oldest snapshots away as long as log and snapshots are too large, then as long as they are too old, each with the part of the log that lies
  /// before the next one (`KafkaMetadataLog.maybeClean`).
  func cleanUp() throws(LogError) {
    let limits = configuration.metadataLog
    if let limit = limits.retentionBytes {
      while snapshots.ids.count > 1, Int64(log.sizeInBytes) + Int64(snapshots.sizeInBytes) > limit, try deleteOldest() {}
    }
    guard let retention = limits.retention else { return }
    while let oldest = snapshots.earliest, snapshots.ids.count > 1,
      reactor.wallClock - (try snapshots.snapshot(oldest).lastContainedLogTimestamp()) > retention, try deleteOldest()
    {}
  }

  /// The log begins where the second snapshot ends. False where it does so already (`KafkaMetadataLog.deleteBeforeSnapshot`).
  private func deleteOldest() throws(LogError) -> Bool {
    let next = snapshots.ids[1]
    guard log.logStartOffset < next.endOffset else { return false }
    mark(.metadataLogCleaned)
    try log.advanceLogStartOffset(to: next.endOffset)
    try log.enforceRetention(highWatermark: highWatermark)
    try forgetSnapshots(before: next)
    mustHold(
      snapshots.earliest.map { log.logStartOffset <= $0.endOffset } ?? false,
      "\(words): its log begins at \(log.logStartOffset), and the first snapshot holds what is below \(snapshots.earliest?.endOffset ?? 0)")
    return true
  }

  /// Whoever reads their files may go on for a minute (`internal.metadata.delete.delay.millis`).
  func forgetSnapshots(before id: SnapshotID) throws(LogError) {
    let names = try LogError.wrap { () throws(DiskFailure) in try snapshots.markDeleted(before: id) }
    guard !names.isEmpty else { return }
    reactor.after(Self.fileDeleteDelay) { [unowned self] in
      guard !hasFailed else { return }
      do throws(DiskFailure) {
        for name in names { try snapshots.files.remove(name) }
      } catch {
        fail("the snapshots of the metadata cannot be removed: \(error)")
      }
    }
  }
}

extension LogError {
  /// What is wrong, without the place.
  fileprivate var reason: String {
    if case .damaged(_, let reason) = self { return reason }
    return description
  }
}
