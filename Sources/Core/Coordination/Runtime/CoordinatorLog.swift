import Primitives
import Wire

/// The partitions of a coordinator's topic, as the runtime needs them.
public protocol CoordinatorLog: AnyObject {
  /// Appends a batch to a partition that this broker leads in the epoch. Refuses, and changes nothing, where it does not, or where the log does not
  /// take the batch: one that belongs to a transaction, or ends one, with INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE or TRANSACTION_COORDINATOR_FENCED as well.
  ///
  /// - Parameters:
  ///   - verification: what records that begin a transaction have to show.
  ///   - transactionVersion: by which a marker is judged.
  /// - Returns: the offset behind the batch.
  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset

  /// Wakes those who wait for what was appended. Called when the runtime is ready for whatever comes of it.
  func wakeWaiting()

  /// nil where this broker does not lead the partition.
  func bounds(of partition: Int32) -> CoordinatorLogBounds?

  /// Whole batches from the one that holds an offset on: at least one where there is one, and no more than `maxBytes` beyond it.
  func read(from offset: Offset, of partition: Int32, maxBytes: Int) throws(Refusal) -> Bytes
}

public struct CoordinatorLogBounds: Equatable, Sendable {
  public var start: Offset
  public var end: Offset
  /// Records below it are committed.
  public var highWatermark: Offset

  public init(start: Offset, end: Offset, highWatermark: Offset) {
    self.start = start
    self.end = end
    self.highWatermark = highWatermark
  }
}
