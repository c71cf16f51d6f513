import Primitives
import Wire

/// A request about a transaction, through all its attempts, and the call that waits for it (`TxnRequestHandler`).
final class TransactionalRequest {
  enum Subject {
    case findCoordinator(CoordinatorKind)
    case initProducerID(InitProducerIdRequest, isEpochBump: Bool)
    case addPartitions(AddPartitionsToTxnRequest)
    case addOffsets(AddOffsetsToTxnRequest, TransactionalOffsets, ConsumerGroupMetadata)
    case commitOffsets(TxnOffsetCommitRequest, isVersion2: Bool)
    case endTransaction(EndTxnRequest, isVersion2: Bool)
  }

  enum CoordinatorKind: Equatable {
    case transaction
    case group(String)
  }

  let subject: Subject
  let result: TransactionalResult
  /// Whether an earlier attempt failed, so that the next one waits.
  var isRetry = false
  /// Shorter if the previous transaction is still ending and the next one has no partitions yet (KAFKA-5482).
  var backoff: Duration?
  /// Whether an attempt was sent.
  var wasSent = false

  init(_ subject: Subject, result: TransactionalResult = TransactionalResult()) {
    self.subject = subject
    self.result = result
  }

  /// The lowest goes first; equal priorities in the order in which they came.
  var priority: Int {
    switch subject {
    case .findCoordinator: 0
    case .initProducerID(_, let isEpochBump): isEpochBump ? 4 : 1
    case .addPartitions, .addOffsets, .commitOffsets: 2
    case .endTransaction: 3
    }
  }

  var isEnd: Bool {
    if case .endTransaction = subject { true } else { false }
  }

  /// Whether it commits, so that it may have taken effect without a response.
  var isCommit: Bool {
    if case .endTransaction(let request, _) = subject { request.committed } else { false }
  }

  var isLookUp: Bool {
    if case .findCoordinator = subject { true } else { false }
  }

  var isInitialization: Bool {
    if case .initProducerID = subject { true } else { false }
  }

  var addsPartitions: Bool {
    switch subject {
    case .addPartitions, .addOffsets: true
    case .findCoordinator, .initProducerID, .commitOffsets, .endTransaction: false
    }
  }

  var api: ApiKey {
    switch subject {
    case .findCoordinator: .findCoordinator
    case .initProducerID: .initProducerId
    case .addPartitions: .addPartitionsToTxn
    case .addOffsets: .addOffsetsToTxn
    case .commitOffsets: .txnOffsetCommit
    case .endTransaction: .endTxn
    }
  }
}
