import Primitives
import Host
import Wire

/// Why a log could not be opened, read, changed or synced.
public enum LogError: Error, Hashable, Sendable {
  /// The disk failed just now. The log is offline from here on.
  case disk(DiskFailure)
  /// The disk failed earlier. The log stays offline, because the effect of the failed operation is unknown (KAFKA-7866, KAFKA-10778). Reopening the
  /// log recovers it.
  case offline(DiskFailure)
  /// The offset lies outside the log.
  case offsetOutOfRange(requested: Offset, logStartOffset: Offset, logEndOffset: Offset)
  /// A file of the log has invalid contents, and nothing else can replace it.
  case damaged(path: String, reason: String)
  /// Something prevents the request: another topic's partition, or a log that already exists.
  case conflict(path: String, reason: String)
}

/// A disk operation that failed, and on which file.
public struct DiskFailure: Error, Hashable, Sendable {
  public let path: String
  public let error: DiskError

  public init(path: String, error: DiskError) {
    self.path = path
    self.error = error
  }
}

extension DiskFailure: CustomStringConvertible {
  public var description: String { "\(path): \(error)\(error.remedy)" }
}

extension LogError {
  /// The same error with paths below a directory of the machine, for people; unchanged if there is no directory.
  public func below(_ directory: String?) -> LogError {
    guard let directory else { return self }
    func place(_ path: String) -> String { path.isEmpty ? directory : "\(directory)/\(path)" }
    return switch self {
    case .disk(let failure): .disk(DiskFailure(path: place(failure.path), error: failure.error))
    case .offline(let failure): .offline(DiskFailure(path: place(failure.path), error: failure.error))
    case .damaged(let path, let reason): .damaged(path: place(path), reason: reason)
    case .conflict(let path, let reason): .conflict(path: place(path), reason: reason)
    case .offsetOutOfRange: self
    }
  }
}

extension LogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .disk(let failure): failure.description
    case .offline(let failure):
      "the log is offline since the disk failed at \(failure.path) (\(failure.error))\(failure.error.remedy), and restart the node to recover it"
    case .offsetOutOfRange(let requested, let start, let end): "offset \(requested) is outside the log, which covers \(start) to \(end)"
    case .damaged(let path, let reason): "\(path): \(reason)"
    case .conflict(let path, let reason): "\(path): \(reason)"
    }
  }
}

/// Why an append was refused. Nothing was written, except possibly with `.log(.disk)`.
public enum AppendError: Error, Hashable, Sendable {
  case log(LogError)
  /// CORRUPT_MESSAGE: incomplete batches, or a wrong checksum.
  case corrupt(reason: String)
  /// UNSUPPORTED_FOR_MESSAGE_FORMAT: a batch of an older format.
  case unsupportedFormat(magic: Int8)
  /// UNKNOWN_SERVER_ERROR, as in Kafka, which has no more specific code (`CompressionType.forId`).
  case unknownCodec(Int8)
  /// INVALID_RECORD.
  case invalidRecord(reason: String, records: [RejectedRecord])
  /// INVALID_TIMESTAMP: outside `message.timestamp.before.max.ms` and `.after.max.ms`.
  case invalidTimestamp(reason: String, records: [RejectedRecord])
  /// MESSAGE_TOO_LARGE: above `max.message.bytes`.
  case batchTooLarge(size: Int, limit: Int)
  /// RECORD_LIST_TOO_LARGE: above `segment.bytes`.
  case largerThanSegment(size: Int, limit: Int)
  /// OUT_OF_ORDER_SEQUENCE_NUMBER.
  case outOfOrderSequence(producerID: Int64, expected: Int32, received: Int32)
  /// UNKNOWN_PRODUCER_ID, as before KIP-360.
  case unknownProducerID(producerID: Int64)
  /// INVALID_TXN_STATE: the batch would start a transaction that was not verified with its coordinator, or has ended since (KIP-890).
  case transactionNotVerified(producerID: Int64)
  /// INVALID_PRODUCER_EPOCH: the producer was fenced by a newer one.
  case invalidProducerEpoch(producerID: Int64, current: Int16, received: Int16)
  /// INVALID_TXN_STATE: a write outside a transaction while one is open.
  case invalidTransactionState(producerID: Int64)
  /// TRANSACTION_COORDINATOR_FENCED.
  case coordinatorFenced(producerID: Int64, current: Int32, received: Int32)
  /// A follower's records do not continue its log.
  case unexpectedOffset(first: Offset, last: Offset, logEndOffset: Offset)
  /// A follower's batches are not in ascending order of offsets.
  case offsetsOutOfOrder(Offset, after: Offset)
}

/// A record that caused its batch to be refused (KIP-467).
public struct RejectedRecord: Hashable, Sendable {
  /// Index within the batch.
  public let batchIndex: Int32
  public let message: String
}

extension LogError {
  /// Runs something that only the disk can make fail.
  package static func wrap<Result>(_ body: () throws(DiskFailure) -> Result) throws(LogError) -> Result {
    do { return try body() } catch { throw .disk(error) }
  }
}
