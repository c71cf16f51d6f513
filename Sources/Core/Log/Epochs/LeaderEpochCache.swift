import Primitives

/// Where each leader's records start in one log (KIP-101). A follower needs it to find where its log diverges from the leader's.
///
/// Entries are ascending in epoch and in start offset. An epoch without records has an entry as well: a leader adds its epoch when it takes over,
/// before the first write (KAFKA-7415).
struct LeaderEpochCache: Equatable {
  struct Entry: Hashable {
    var epoch: LeaderEpoch
    var startOffset: Offset
  }

  var entries: [Entry] = []

  var latest: Entry? { entries.last }

  /// Adds the start of an epoch and removes the entries that contradict it. Returns whether anything changed.
  mutating func assign(_ epoch: LeaderEpoch, startOffset: Offset) -> Bool {
    guard epoch.value >= 0 else { return false }
    if let latest, epoch == latest.epoch, startOffset >= latest.startOffset { return false }
    while let last = entries.last, last.epoch >= epoch || last.startOffset >= startOffset { entries.removeLast() }
    entries.append(Entry(epoch: epoch, startOffset: startOffset))
    return true
  }

  /// Brings the entries in line with a batch that was found in the log, and keeps those that the batch confirms: an epoch may start before the first
  /// batch that compaction left of it. Returns whether anything changed.
  mutating func reconcile(withBatchOf epoch: LeaderEpoch, from baseOffset: Offset, through lastOffset: Offset) -> Bool {
    guard epoch.value >= 0 else { return false }
    let count = entries.count
    entries.removeAll { $0.epoch > epoch ? $0.startOffset <= lastOffset : $0.epoch < epoch && $0.startOffset >= baseOffset }
    let index = entries.firstIndex { $0.epoch >= epoch } ?? entries.count
    if index == entries.count || entries[index].epoch != epoch {
      entries.insert(Entry(epoch: epoch, startOffset: baseOffset), at: index)
      return true
    }
    guard entries[index].startOffset > baseOffset else { return entries.count != count }
    entries[index].startOffset = baseOffset
    return true
  }

  /// Removes the epochs that start at or after an offset.
  mutating func truncateFromEnd(_ endOffset: Offset) -> Bool {
    let count = entries.count
    while let last = entries.last, last.startOffset >= endOffset { entries.removeLast() }
    return entries.count != count
  }

  /// Removes the epochs that end at or before an offset; the epoch that holds the offset then starts there.
  mutating func truncateFromStart(_ startOffset: Offset) -> Bool {
    guard let holder = entries.lastIndex(where: { $0.startOffset <= startOffset }) else { return false }
    guard holder > 0 || entries[holder].startOffset < startOffset else { return false }
    entries.removeFirst(holder)
    entries[0].startOffset = startOffset
    return true
  }

  mutating func removeAll() -> Bool {
    let changed = !entries.isEmpty
    entries = []
    return changed
  }

  /// The largest epoch of this log that is not above the given one, and its end offset (KIP-279). Nil if the given epoch is above every epoch in the
  /// log.
  func endOffset(of epoch: LeaderEpoch, logEndOffset: Offset) -> (epoch: LeaderEpoch, endOffset: Offset)? {
    guard epoch.value >= 0, let latest else { return nil }
    if epoch == latest.epoch { return (epoch, logEndOffset) }
    guard let higher = entries.firstIndex(where: { $0.epoch > epoch }) else { return nil }
    // Every known epoch is newer: the given epoch ended before this log starts.
    guard higher > 0 else { return (epoch, entries[0].startOffset) }
    return (entries[higher - 1].epoch, entries[higher].startOffset)
  }

  /// The end offset as KIP-101 first defined it, without an epoch: the start of the next larger epoch. Nil if there is none, or if every known epoch
  /// is newer.
  func endOffsetByKIP101(of epoch: LeaderEpoch, logEndOffset: Offset) -> Offset? {
    guard epoch.value >= 0, let latest, let first = entries.first else { return nil }
    if epoch == latest.epoch { return logEndOffset }
    guard epoch >= first.epoch else { return nil }
    return entries.first { $0.epoch > epoch }?.startOffset
  }

  /// The epoch in which the record at an offset was written.
  func epoch(at offset: Offset) -> LeaderEpoch? {
    entries.last { $0.startOffset <= offset }?.epoch
  }

  /// Where an epoch starts in this log; nil if the log does not have the epoch.
  func startOffset(of epoch: LeaderEpoch) -> Offset? {
    entries.first { $0.epoch == epoch }?.startOffset
  }
}

extension LeaderEpochCache {
  var content: Bytes { CheckpointFile.text(entries.map { "\($0.epoch) \($0.startOffset)" }) }

  init(decoding content: Bytes) throws(CheckpointDamage) {
    for (index, fields) in try CheckpointFile.entries(of: content, fieldCount: 2).enumerated() {
      guard let epoch = Int32(fields[0]), epoch >= 0, let offset = Int64(fields[1]), offset >= 0 else {
        throw CheckpointDamage(line: index + 3, reason: "expected epoch and start offset")
      }
      if let last = entries.last {
        guard epoch > last.epoch.value, offset > last.startOffset.value else {
          throw CheckpointDamage(line: index + 3, reason: "epoch \(epoch) from \(offset) does not follow \(last.epoch) from \(last.startOffset)")
        }
      }
      entries.append(Entry(epoch: LeaderEpoch(epoch), startOffset: Offset(offset)))
    }
  }
}
