import Primitives
import Wire

/// Records for one partition of a produce request.
public struct AppendEntry: Sendable {
  public var partition: TopicIDPartition
  /// Complete batches, as the producer sent them.
  public var records: Bytes
  /// What a batch that starts a transaction has to present.
  public var verification: TransactionVerification

  public init(partition: TopicIDPartition, records: Bytes, verification: TransactionVerification = .notRequired) {
    self.partition = partition
    self.records = records
    self.verification = verification
  }
}

/// The result for one partition's records.
public struct AppendOutcome: Sendable {
  public var partition: TopicIDPartition
  public var error = ErrorCode.none
  public var errorMessage: String?
  /// The first record's offset; for a duplicate, its original one. `.unknown` with an error.
  public var baseOffset = Offset.unknown
  /// `.none` unless the topic uses LogAppendTime.
  public var logAppendTime = Timestamp.none
  public var logStartOffset = Offset.unknown
  /// The records that were refused, by their index in the batch. The whole batch was refused in that case.
  public var recordErrors: [RecordError] = []
  /// The current leader, if the error says that this broker is not the leader and the leader is known.
  public var currentLeader: (id: NodeID, epoch: LeaderEpoch)?

  public struct RecordError: Sendable {
    public var batchIndex: Int32
    public var message: String?

    public init(batchIndex: Int32, message: String?) {
      self.batchIndex = batchIndex
      self.message = message
    }
  }

  init(partition: TopicIDPartition) { self.partition = partition }
}
