import Coordination
import Host
import OrderedCollections
import Primitives
import Wire

extension GroupShard {
  public mutating func replay(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError) {
    switch try record.key.coordinatorRecordType() {
    case OffsetCommitKey.recordType: try replayOffset(record, from: producerID)
    case LegacyOffsetCommitKey.recordType: try replayLegacyOffset(record, from: producerID)
    case GroupMetadataKey.recordType: try replayClassicGroup(record)
    case let type where ConsumerGroupRecord.isType(type): try replayConsumerGroup(record, type: type)
    // Skips records of a newer broker about unknown kinds of groups (`GroupCoordinatorShard.replay` does the same).
    default: break
    }
  }

  private mutating func replayOffset(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError) {
    let key = try OffsetCommitKey(decodingWithType: record.key)
    var offset: CommittedOffset?
    if let value = record.value { offset = CommittedOffset(try OffsetCommitValue(decodingWithVersion: value)) }
    replay(offset, of: key, from: producerID)
  }

  private mutating func replayLegacyOffset(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError) {
    let legacy = try LegacyOffsetCommitKey(decodingWithType: record.key)
    var offset: CommittedOffset?
    if let value = record.value {
      // Both types of keys have the same values.
      offset = CommittedOffset(try OffsetCommitValue(decodingWithVersion: value))
    }
    replay(offset, of: OffsetCommitKey(legacy.group, legacy.topic, legacy.partition), from: producerID)
  }

  private mutating func replay(_ offset: CommittedOffset?, of key: OffsetCommitKey, from producerID: Int64) {
    guard let offset else {
      offsets.remove(key.group, key.topic, key.partition)
      removeTransactional(key)
      return
    }
    take(offset, key.group, key.topic, key.partition, from: producerID)
  }

  /// Applies a committed offset.
  mutating func take(_ offset: CommittedOffset, _ group: String, _ topic: String, _ partition: Int32, from producerID: Int64 = -1) {
    // A commit without a group belongs to a classic group without members. Only looks up the index, because reading the group itself would copy it.
    if groups.index(forKey: group) == nil { groups[group] = .classic(ClassicGroup(id: group)) }
    var offset = offset
    commitCount += 1
    offset.order = commitCount
    if producerID < 0 || !settings.switches.offsetsAwaitMarker {
      offsets.set(offset, group, topic, partition)
    } else {
      transactionalOffsets[producerID, default: OffsetTable()].set(offset, group, topic, partition)
    }
  }

  private mutating func replayClassicGroup(_ record: CoordinatorRecord) throws(WireError) {
    let key = try GroupMetadataKey(decodingWithType: record.key)
    guard let value = record.value else {
      // The group may already have become a KIP-848 group.
      if !isOfConsumerProtocol(key.group) { groups[key.group] = nil }
      return
    }
    groups[key.group] = .classic(ClassicGroup(id: key.group, try GroupMetadataValue(decodingWithVersion: value)))
  }

  /// Deletes the pending transactional commits of an offset along with the offset. A transaction with nothing left holds nothing up (KAFKA-19163).
  private mutating func removeTransactional(_ key: OffsetCommitKey) {
    for place in transactionalOffsets.values.indices { transactionalOffsets.values[place].remove(key.group, key.topic, key.partition) }
  }

  /// A transaction's offset replaces those that were committed before it, but not those committed after it: a compacted log would give the same
  /// result (`OffsetMetadataManager.replayEndTransactionMarker`).
  public mutating func transactionEnded(of producerID: Int64, committed: Bool) {
    guard let table = transactionalOffsets.removeValue(forKey: producerID), committed else { return }
    var offsets = offsets
    self.offsets = OffsetTable()
    table.forEach { group, topic, partition, offset in
      if let present = offsets[group, topic, partition], present.order > offset.order { return }
      requireLater(offset, than: offsets[group, topic, partition])
      offsets.set(offset, group, topic, partition)
    }
    self.offsets = offsets
    requireTaken(table)
  }

  /// Whether an open transaction commits an offset of a partition.
  func isUnstable(_ group: String, _ topic: String, _ partition: Int32) -> Bool {
    transactionalOffsets.values.contains { $0[group, topic, partition] != nil }
  }

  // MARK: Inspection

  /// The producers whose transactions commit offsets and have not ended yet, ascending.
  public var producersOfPendingOffsets: [Int64] { transactionalOffsets.keys.sorted() }

  public var recordedState: [String] {
    var lines: [String] = []
    for group in groups.values {
      // A group that exists only through its offsets has no record.
      switch group {
      case .classic(let classic): if !classic.isUnrecorded { lines += classic.recordedState }
      case .consumer(let consumer): lines += consumer.recordedState
      }
    }
    func describe(_ table: OffsetTable, _ words: String) {
      table.forEach { group, topic, partition, offset in
        lines.append(
          "offset \(group) \(topic)-\(partition)\(words): \(offset.offset) epoch \(offset.leaderEpoch) metadata \(offset.metadata) at \(offset.commitTimestamp) "
            + "expires \(offset.expireTimestamp) topic \(offset.topicID)")
      }
    }
    describe(offsets, "")
    for (producer, table) in transactionalOffsets { describe(table, " of producer \(producer)") }
    // The order in which they arrived does not count: a compacted log has lost part of it.
    return lines.sorted()
  }

  public func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.each(of: groups.values) { group, check in
      if case .consumer(let consumer) = group { consumer.checkInvariants(&check, "\(name), group \(consumer.id)") }
      guard let classic = group.classic else { return }
      classic.checkInvariants(&check, "\(name), group \(classic.id)")
      check.require(
        earliestDeadline <= classic.earliestDeadline,
        "\(name): group \(classic.id) is due at \(classic.earliestDeadline), the shard at \(earliestDeadline)")
    }
  }
}
