import Log
import Wire

extension AppendError {
  /// The protocol's code for a refusal.
  var errorCode: ErrorCode {
    switch self {
    case .log: .kafkaStorageError
    case .corrupt: .corruptMessage
    case .unsupportedFormat: .unsupportedForMessageFormat
    case .unknownCodec: .unknownServerError
    case .invalidRecord: .invalidRecord
    case .invalidTimestamp: .invalidTimestamp
    case .batchTooLarge: .messageTooLarge
    case .largerThanSegment: .recordListTooLarge
    case .outOfOrderSequence: .outOfOrderSequenceNumber
    case .invalidProducerEpoch: .invalidProducerEpoch
    case .unknownProducerID: .unknownProducerId
    case .invalidTransactionState, .transactionNotVerified: .invalidTxnState
    case .coordinatorFenced: .transactionCoordinatorFenced
    // A leader assigns the offsets itself: only a follower's appends cause these.
    case .unexpectedOffset, .offsetsOutOfOrder: .unknownServerError
    }
  }

  /// Whether the producer is told where the log starts: a producer whose records were deleted then starts over (`ReplicaManager.appendToLocalLog`).
  var namesLogStart: Bool {
    switch self {
    case .log, .corrupt, .batchTooLarge, .largerThanSegment: false
    default: true
    }
  }

  /// The message for the producer besides the code (KIP-467).
  var message: String? {
    switch self {
    case .log(let error): error.description
    case .corrupt(let reason), .invalidRecord(let reason, _), .invalidTimestamp(let reason, _): reason
    case .unsupportedFormat(let magic): "batches of format \(magic) are not accepted; format 2 is"
    case .unknownCodec(let codec): "there is no codec \(codec); there are 0 to 4"
    case .batchTooLarge(let size, let limit): "the batch has \(size) bytes; max.message.bytes allows \(limit)"
    case .largerThanSegment(let size, let limit): "the batch has \(size) bytes; a segment holds \(limit)"
    case .outOfOrderSequence(let producer, let expected, let received):
      "producer \(producer) sent sequence \(received); \(expected) comes next"
    case .invalidProducerEpoch(let producer, let current, let received):
      "producer \(producer) wrote with epoch \(received); its present one is \(current)"
    case .invalidTransactionState(let producer): "producer \(producer) has no transaction that this record could belong to"
    case .unknownProducerID(let producer): "nothing is known of producer \(producer), and its batch is not its first"
    case .transactionNotVerified: "Record was not part of an ongoing transaction"
    case .coordinatorFenced(let producer, let current, let received):
      "a marker for producer \(producer) came from coordinator epoch \(received); the present one is \(current)"
    case .unexpectedOffset(let first, let last, let end): "offsets \(first) to \(last) do not continue a log that ends at \(end)"
    case .offsetsOutOfOrder(let offset, let former): "offset \(offset) came after \(former)"
    }
  }

  var records: [RejectedRecord] {
    switch self {
    case .invalidRecord(_, let records), .invalidTimestamp(_, let records): records
    default: []
    }
  }
}
