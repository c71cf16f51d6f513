import Coordination
import Primitives
import Wire

/// An offset that a group committed, with its metadata.
public struct CommittedOffset: Sendable, Equatable {
  public var offset: Int64
  /// -1 if the commit did not state it.
  public var leaderEpoch: Int32
  public var metadata: String
  /// In milliseconds of the wall clock.
  public var commitTimestamp: Int64
  /// -1 if the broker's setting applies (requests before version 5 could set another).
  public var expireTimestamp: Int64
  /// Zero if the commit named the topic without its id.
  public var topicID: Uuid
  /// Its position among all commits that the shard replayed: of two commits for a partition the later one counts, whenever their transactions end.
  var order: UInt64 = 0

  init(_ value: OffsetCommitValue) {
    offset = value.offset
    leaderEpoch = value.leaderEpoch
    metadata = value.metadata
    commitTimestamp = value.commitTimestamp
    expireTimestamp = value.expireTimestamp
    topicID = value.topicId
  }

  init(_ partition: OffsetCommitRequest.OffsetCommitRequestPartition, topicID: Uuid, at time: Timestamp, retention: Int64) {
    offset = partition.committedOffset
    metadata = partition.committedMetadata ?? ""
    commitTimestamp = time.milliseconds
    expireTimestamp = retention == -1 ? -1 : time.milliseconds.saturatingAdding(retention)
    // The version with an expiry lacks the other fields.
    leaderEpoch = expireTimestamp == -1 ? partition.committedLeaderEpoch : -1
    self.topicID = expireTimestamp == -1 ? topicID : .zero
  }

  init(_ partition: TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition, at time: Timestamp) {
    offset = partition.committedOffset
    leaderEpoch = partition.committedLeaderEpoch
    metadata = partition.committedMetadata ?? ""
    commitTimestamp = time.milliseconds
    expireTimestamp = -1
    topicID = .zero
  }

  /// The record as a 4.3 broker writes it: version 4, or version 1, the only one with an expiry.
  func record(group: String, topic: String, partition: Int32) throws(WireError) -> CoordinatorRecord {
    var value = OffsetCommitValue()
    value.offset = offset
    value.leaderEpoch = leaderEpoch
    value.metadata = metadata
    value.commitTimestamp = commitTimestamp
    value.expireTimestamp = expireTimestamp
    value.topicId = topicID
    return try CoordinatorRecord(OffsetCommitKey(group, topic, partition), value, version: expireTimestamp == -1 ? 4 : 1)
  }

  /// Whether it may be deleted if the group's retention started at `base` (KIP-211).
  func isExpired(at now: Timestamp, since base: Int64, retention: Duration) -> Bool {
    if expireTimestamp != -1 { return now.milliseconds >= expireTimestamp }
    return now.milliseconds.saturatingSubtracting(base) >= retention.milliseconds
  }
}

extension OffsetCommitKey {
  init(_ group: String, _ topic: String, _ partition: Int32) {
    self.init()
    self.group = group
    self.topic = topic
    self.partition = partition
  }
}
