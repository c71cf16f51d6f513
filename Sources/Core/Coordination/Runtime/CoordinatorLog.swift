import Primitives
import Wire

/// The partitions of a coordinator's topic, as the runtime needs them.
public protocol CoordinatorLog: AnyObject {
  /// Appends a batch to a partition that this broker leads in the epoch. Throws, and changes nothing, if it does not lead it, or if the log refuses
  /// the batch. A batch that belongs to a transaction, or ends one, can also fail with INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE or
  /// TRANSACTION_COORDINATOR_FENCED.
  ///
  /// - Parameters:
  ///   - verification: What records that start a transaction have to present.
  ///   - transactionVersion: The version whose rules apply to a marker.
  /// - Returns: The offset after the batch.
  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset

  /// Wakes requests that wait for what was appended. Called when the runtime is ready for the consequences.
  func wakeWaiting()

  /// The bounds of a partition; nil if this broker does not lead it.
  func bounds(of partition: Int32) -> CoordinatorLogBounds?

  /// Reads complete batches, starting with the one that holds an offset: at least one if there is one, and otherwise at most `maxBytes`.
  func read(from offset: Offset, of partition: Int32, maxBytes: Int) throws(Refusal) -> Bytes
}

public struct CoordinatorLogBounds: Equatable, Sendable {
  public var start: Offset
  public var end: Offset
  /// Records below this offset are committed.
  public var highWatermark: Offset

  public init(start: Offset, end: Offset, highWatermark: Offset) {
    self.start = start
    self.end = end
    self.highWatermark = highWatermark
  }
}
