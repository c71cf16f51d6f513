import Primitives

/// A batch as replicas of a topic that is not compacted are compared by it: one with the same checksum holds the same records.
struct BatchIdentity: Equatable {
  var baseOffset: Offset
  var lastOffset: Offset
  var epoch: LeaderEpoch
  var checksum: UInt32
}

/// What is committed in one partition of a compacted topic, record by record: whoever first tells of an offset fixes what is there.
///
/// Each replica compacts its log by itself, at times of its own. So one may have no record where another has one, and batches have other bounds; but where
/// both have a record it is the same.
struct CommittedRecords {
  /// In the order of their offsets.
  private var records: ContiguousArray<CommittedRecord> = []

  /// Notes a record that is committed at a replica. Returns the epoch of the one that was committed at its offset before, where that is another one.
  mutating func note(_ record: CommittedRecord) -> LeaderEpoch? {
    guard let last = records.last, record.offset <= last.offset else {
      records.append(record)
      return nil
    }
    // Records deleted before this check began are in no list.
    guard record.offset >= records[0].offset else { return nil }
    let index = records.partitioningIndex { $0.offset >= record.offset }
    guard records[index].offset == record.offset else {
      records.insert(record, at: index)
      return nil
    }
    return records[index] == record ? nil : records[index].epoch
  }
}

/// What is committed in one partition: whoever first tells of an offset fixes what is there.
///
/// Replicas come to the same offsets in any order. After an election that gave up what was committed before, one may go on far behind or ahead of
/// another, so that what is known has gaps, and they are filled later.
struct CommittedBatches {
  enum Difference: Equatable {
    case bounds
    /// Another batch stands at the same offsets.
    case content(of: LeaderEpoch)
  }

  /// In the order of their offsets.
  private var batches: ContiguousArray<BatchIdentity> = []
  /// Whether the batch that was noted last had been told of before, as it is.
  private(set) var wasKnown = false

  /// Notes a batch that is committed at a replica, or says how it differs from what was committed there before.
  mutating func note(_ batch: BatchIdentity) -> Difference? {
    wasKnown = false
    guard let last = batches.last, batch.baseOffset <= last.lastOffset else {
      batches.append(batch)
      return nil
    }
    // Records deleted before this check began are in no list.
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
