import Primitives

/// The identity of a batch, for comparing replicas of a topic that is not compacted: batches with the same checksum contain the same records.
struct BatchIdentity: Equatable {
  var baseOffset: Offset
  var lastOffset: Offset
  var epoch: LeaderEpoch
  var checksum: UInt32
}

/// The committed contents of one partition of a compacted topic, record by record: the first report of an offset fixes its content.
///
/// Each replica compacts its log on its own, at different times. So one may lack a record that another has, and batches have other bounds; but if
/// both have a record it must be the same.
struct CommittedRecords {
  /// In the order of their offsets.
  private var records: ContiguousArray<CommittedRecord> = []

  /// Adds a record that is committed at a replica. If another record was committed at its offset before, returns the epoch of that one.
  mutating func add(_ record: CommittedRecord) -> LeaderEpoch? {
    guard let last = records.last, record.offset <= last.offset else {
      records.append(record)
      return nil
    }
    // Records deleted before this check began are not listed.
    guard record.offset >= records[0].offset else { return nil }
    let index = records.partitioningIndex { $0.offset >= record.offset }
    guard records[index].offset == record.offset else {
      records.insert(record, at: index)
      return nil
    }
    return records[index] == record ? nil : records[index].epoch
  }
}

/// The committed contents of one partition: the first report of an offset fixes its content.
///
/// Replicas reach the same offsets in any order. After an election that gave up committed records, one replica may continue far behind or ahead of
/// another, so there may be gaps, which are filled later.
struct CommittedBatches {
  enum Difference: Equatable {
    case bounds
    /// Another batch is at the same offsets.
    case content(of: LeaderEpoch)
  }

  /// In the order of their offsets.
  private var batches: ContiguousArray<BatchIdentity> = []
  /// Whether the batch that was added last was already known, and is the same.
  private(set) var wasKnown = false

  /// Adds a batch that is committed at a replica, or returns how it differs from what was committed there before.
  mutating func add(_ batch: BatchIdentity) -> Difference? {
    wasKnown = false
    guard let last = batches.last, batch.baseOffset <= last.lastOffset else {
      batches.append(batch)
      return nil
    }
    // Records deleted before this check began are not listed.
    guard batch.baseOffset >= batches[0].baseOffset else { return nil }
    let index = batches.partitioningIndex { $0.lastOffset >= batch.baseOffset }
    let known = batches[index]
    guard known.baseOffset <= batch.lastOffset else {
      batches.insert(batch, at: index)
      return nil
    }
    guard known.baseOffset == batch.baseOffset, known.lastOffset == batch.lastOffset else { return .bounds }
    wasKnown = known == batch
    return wasKnown ? nil : .content(of: known.epoch)
  }
}
