import Primitives
import Wire

/// Records for one partition of a produce request.
public struct AppendEntry: Sendable {
  public var partition: TopicIDPartition
  /// Whole batches, as the producer sent them.
  public var records: Bytes
  /// What a batch that begins a transaction has to show.
  public var verification: TransactionVerification

  public init(partition: TopicIDPartition, records: Bytes, verification: TransactionVerification = .notRequired) {
    self.partition = partition
    self.records = records
    self.verification = verification
  }
}

/// What became of one partition's records.
public struct AppendOutcome: Sendable {
  public var partition: TopicIDPartition
  public var error = ErrorCode.none
  public var errorMessage: String?
  /// The first record's offset; of a duplicate, the one it got when it first came. `.unknown` with an error.
  public var baseOffset = Offset.unknown
  /// `.none` unless the topic stamps records with the time of their append.
  public var logAppendTime = Timestamp.none
  public var logStartOffset = Offset.unknown
  /// Records that were refused, by their place in the batch. The whole batch was refused then.
  public var recordErrors: [RecordError] = []
  /// Who leads instead, where the error says that this broker does not and it is known.
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
