import Primitives

/// What the first case of a verdict is about, for whoever looks for its cause: what its words say, without the words.
public enum ViolationSubject: Sendable, Equatable {
  case record(Record)
  /// Replicas of a partition.
  case partition(TopicPartition, epoch: LeaderEpoch = .unknown, offset: Offset = .unknown)
  /// A group, or what it has to do with a partition.
  case group(String, TopicPartition? = nil, offset: Offset = .unknown)
  /// The metadata log.
  case metadata(epoch: LeaderEpoch = .unknown, offset: Offset = .unknown)

  /// A record as clients know it.
  public struct Record: Sendable, Equatable {
    /// nil where no client was told.
    public var partition: TopicPartition?
    public var offset: Offset
    public var value: RecordValue
    /// The value that it collides with; none if it is about one alone.
    public var other: RecordValue
    /// The transaction in which it was sent.
    public var transaction: TransactionNumber
    /// The group that works on it; nil if it is about the log alone.
    public var group: String?

    public init(
      _ partition: TopicPartition?, at offset: Offset = .unknown, _ value: RecordValue, other: RecordValue = .none, in transaction: TransactionNumber = .none, of group: String? = nil
    ) {
      self.partition = partition
      self.offset = offset
      self.value = value
      self.other = other
      self.transaction = transaction
      self.group = group
    }
  }
}

extension Analysis {
  /// - Parameter offset: by default the one that the producer of the value was told.
  func subject(_ value: RecordValue, in partition: PartitionNumber? = nil, at offset: Offset? = nil, other: RecordValue = .none, of group: String? = nil) -> ViolationSubject {
    let facts = values[Int(value.number)], partition = partition ?? facts.partition
    return .record(
      ViolationSubject.Record(
        partition == .unknown ? nil : history.partitions[Int(partition.number)], at: offset ?? facts.acknowledged, value, other: other, in: facts.transaction, of: group))
  }
}

extension GroupAnalysis {
  func subject(_ partition: Int, offset: Offset = .unknown) -> ViolationSubject { .group(group, history.partitions[partition], offset: offset) }
}
