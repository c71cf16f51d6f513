import Log
import Primitives
import Wire

/// Whether a replica that has a log up to some offset, where the last record is of some epoch, can go on from there (Kafka's `ValidOffsetAndEpoch`).
enum LogPosition: Equatable {
  case valid
  /// The logs part: of this epoch, the log here has records up to this offset.
  case diverging(LeaderEpoch, Offset)
  /// What follows is no longer in the log here, and a snapshot holds it.
  case snapshot(SnapshotID)
}

extension QuorumReplica {
  /// Whether another replica's log is a beginning of this one (`ReplicatedLog.validateOffsetAndEpoch`).
  func position(of offset: Offset, epoch: LeaderEpoch) -> LogPosition {
    if log.logStartOffset == 0, offset == 0 { return .valid }
    if let earliest = snapshots.earliest, let latest = snapshots.latest,
      offset < log.logStartOffset || offset == log.logStartOffset && epoch != earliest.epoch || epoch < earliest.epoch
    {
      return .snapshot(latest)
    }
    let known = endOffset(of: epoch)
    return known.epoch == epoch && known.endOffset >= offset ? .valid : .diverging(known.epoch, known.endOffset)
  }

  /// Whether a log that ends at an offset, with a last record of some epoch, is a beginning of this one; nil where a snapshot has to tell. For observers.
  public func isBeginning(of end: Offset, epoch: LeaderEpoch) -> Bool? {
    switch position(of: end, epoch: epoch) {
    case .valid: true
    case .diverging: false
    case .snapshot: nil
    }
  }

  /// Whether this replica, as the leader, has taken the log of another for a beginning of its own. For observers.
  public func hasServed(_ replica: ReplicaKey) -> Bool { leading?.state(of: replica).map { $0.logEndOffset != .unknown } ?? false }

  /// The largest epoch here that is not above the one asked for, and where it ends (`KafkaMetadataLog.endOffsetForEpoch`).
  private func endOffset(of epoch: LeaderEpoch) -> (epoch: LeaderEpoch, endOffset: Offset) {
    guard let known = log.endOffset(of: epoch) else { return (latestEpoch, log.logEndOffset) }
    // An epoch before all that the log holds: what is known of it is the oldest snapshot.
    if let earliest = snapshots.earliest, known.epoch == epoch, known.endOffset == earliest.endOffset { return (earliest.epoch, earliest.endOffset) }
    return known
  }

  /// Where a fetch goes on. Whoever has nothing yet begins with the newest snapshot, even where the log is whole
  /// (`KafkaRaftClient.tryCompleteFetchRequest`).
  func position(of wanted: FetchRequest.FetchPartition) -> LogPosition {
    if wanted.fetchOffset == 0, let latest = snapshots.latestWithMetadata { return .snapshot(latest) }
    return position(of: Offset(wanted.fetchOffset), epoch: LeaderEpoch(wanted.lastFetchedEpoch))
  }
}
