import Host
import Primitives
import Wire

/// How responses are handled: which errors are retried, which require an abort, and which are fatal, as in Kafka's `TxnRequestHandler`s.
extension TransactionManager {
  // MARK: Results of requests

  private func refuse(_ request: TransactionalRequest, _ error: ErrorCode, message: String? = nil, isFatal: Bool) {
    let reason = TransactionFailure.Reason.refused(error, to: request.api, message: message)
    if isFatal { failFatally(reason) } else { failAbortably(reason) }
    finish(request, isFatal ? .fatal : .abortable, reason)
  }

  private func finish(_ request: TransactionalRequest, _ kind: TransactionFailure.Kind, _ reason: TransactionFailure.Reason) {
    request.result.finish(TransactionFailure(kind, outcome, reason))
  }

  private func refuseAbortablyIfPossible(_ request: TransactionalRequest, _ error: ErrorCode) {
    failAbortablyIfPossible(.refused(error, to: request.api))
    request.result.finish(currentFailure)
  }

  /// Handles an outdated epoch: coordinators used to report INVALID_PRODUCER_EPOCH for it (KIP-588).
  private func refuseFenced(_ request: TransactionalRequest) {
    mark(.producerFenced)
    refuse(request, .producerFenced, isFatal: true)
  }

  /// Retries a request if that may help. Returns false for errors that a retry does not fix.
  private func repeats(_ request: TransactionalRequest, after error: ErrorCode) -> Bool {
    if error == .notCoordinator || error == .coordinatorNotAvailable, let kind = coordinator(of: request) {
      mark(.transactionCoordinatorMoved)
      lookUp(kind)
    } else {
      guard error.isRetriable else { return false }
    }
    retry(request)
    return true
  }

  // MARK: Answers

  func take(_ answer: FindCoordinatorResponse.Coordinator, _ request: TransactionalRequest, _ kind: TransactionalRequest.CoordinatorKind) {
    switch answer.errorCode {
    case .none:
      let address = Address(host: answer.host, port: answer.port)
      switch kind {
      case .transaction: transactionCoordinator = address
      case .group(let group): groupCoordinator = (group, address)
      }
      request.result.finish()
    case let error where error.isRetriable: retry(request)
    case .groupAuthorizationFailed, .transactionAbortable: refuse(request, answer.errorCode, message: answer.errorMessage, isFatal: false)
    default: refuse(request, answer.errorCode, message: answer.errorMessage, isFatal: true)
    }
  }

  func take(_ response: InitProducerIdResponse, _ request: TransactionalRequest, isEpochBump: Bool, keepsPrepared: Bool) {
    switch response.errorCode {
    case .none where response.producerId < 0 || response.producerEpoch < 0: retry(request)
    case .none:
      let prepared = keepsPrepared && response.ongoingTxnProducerId >= 0
        ? PreparedTransaction(producerID: response.ongoingTxnProducerId, producerEpoch: response.ongoingTxnProducerEpoch) : nil
      initialized(
        as: ProducerIdentity(id: response.producerId, epoch: response.producerEpoch), isEpochBump: isEpochBump, prepared: prepared)
      request.result.finish(hasError ? currentFailure : nil)
    case let error where repeats(request, after: error): break
    case .transactionalIdAuthorizationFailed, .clusterAuthorizationFailed:
      refuse(request, response.errorCode, isFatal: false)
      producer.abandonAll(.refused(response.errorCode, message: nil))
      beginAnew()
    case .invalidProducerEpoch, .producerFenced: refuseFenced(request)
    case .transactionAbortable: refuse(request, .transactionAbortable, isFatal: false)
    default: refuse(request, response.errorCode, isFatal: true)
    }
  }

  func take(_ response: AddPartitionsToTxnResponse, _ request: TransactionalRequest) {
    request.backoff = nil
    var refused: ErrorCode?
    for answer in response.resultsByTopicV3AndBelow.lazy.flatMap(\.resultsByPartition) {
      switch answer.partitionErrorCode {
      case .none: continue
      case .concurrentTransactions:
        // The previous transaction is still ending: ask again soon for the first partition of this one (KAFKA-5482).
        if partitions.isEmpty {
          mark(.beginWaitsForLastEnd)
          request.backoff = .milliseconds(20)
        }
        return retry(request)
      case let error where repeats(request, after: error): return
      case .invalidProducerEpoch, .producerFenced: return refuseFenced(request)
      case .transactionalIdAuthorizationFailed, .invalidTxnState, .invalidProducerIdMapping:
        return refuse(request, answer.partitionErrorCode, isFatal: true)
      case .unknownProducerId: return refuseAbortablyIfPossible(request, .unknownProducerId)
      case .transactionAbortable: return refuse(request, .transactionAbortable, isFatal: false)
      case let error: if refused == nil || refused == .operationNotAttempted { refused = error }
      }
    }
    let asked = takeAsked(request)
    if let refused {
      for queue in asked { queue.membership = .outside }
      return refuse(request, refused, isFatal: false)
    }
    for queue in asked { queue.membership = .added }
    partitions += asked
    hasStarted = true
    request.result.finish()
  }

  /// Removes and returns the partitions that a request was about; they are no longer pending.
  private func takeAsked(_ request: TransactionalRequest) -> [PartitionQueue] {
    guard case .addPartitions(let wire) = request.subject else { return [] }
    let asked = pendingPartitions.filter { queue in wire.v3AndBelowTopics.contains { $0.name == queue.topic.name && $0.partitions.contains(queue.number) } }
    pendingPartitions.removeAll { queue in asked.contains { $0 === queue } }
    return asked
  }

  func take(_ response: AddOffsetsToTxnResponse, _ request: TransactionalRequest, _ offsets: TransactionalOffsets, _ group: ConsumerGroupMetadata) {
    switch response.errorCode {
    case .none:
      // The call ends when the offsets are committed.
      enqueue(offsetCommit(offsets, of: group, result: request.result))
      hasStarted = true
    case let error where repeats(request, after: error): break
    case .unknownProducerId: refuseAbortablyIfPossible(request, .unknownProducerId)
    case .invalidProducerEpoch, .producerFenced: refuseFenced(request)
    case .groupAuthorizationFailed, .transactionAbortable: refuse(request, response.errorCode, isFatal: false)
    default: refuse(request, response.errorCode, isFatal: true)
    }
  }

  func take(_ response: TxnOffsetCommitResponse, _ request: TransactionalRequest, _ wire: TxnOffsetCommitRequest) {
    var mustLookUp = false, mustRepeat = false
    for answer in response.topics.lazy.flatMap(\.partitions) {
      switch answer.errorCode {
      case .none: continue
      case .coordinatorNotAvailable, .notCoordinator, .requestTimedOut: (mustLookUp, mustRepeat) = (true, true)
      case let error where error.isRetriable: mustRepeat = true
      case .groupAuthorizationFailed, .fencedInstanceId, .transactionAbortable, .unknownMemberId, .illegalGeneration:
        mark(.transactionalOffsetsRefused)
        return refuse(request, answer.errorCode, isFatal: false)
      case .invalidProducerEpoch, .producerFenced: return refuseFenced(request)
      default: return refuse(request, answer.errorCode, isFatal: true)
      }
    }
    guard mustRepeat else { return request.result.finish() }
    if mustLookUp { lookUp(.group(wire.groupId)) }
    retry(request)
  }

  func take(_ response: EndTxnResponse, _ request: TransactionalRequest, _ wire: EndTxnRequest) {
    switch response.errorCode {
    case .none:
      // From version 5 on: the epoch that the coordinator gave to the next transaction, or a new id if the epochs were used up (KIP-890).
      if response.producerId >= 0 {
        take(ProducerIdentity(id: response.producerId, epoch: response.producerEpoch))
        producer.forgetSequences()
      }
      finishTransaction(endedBy: request)
    case let error where error.isRetriable:
      if wire.committed, error.leavesEndOpen {
        mark(.endMayBeCommitted)
        mayBeCommitted = true
      }
      _ = repeats(request, after: error)
    case .invalidProducerEpoch, .producerFenced: refuseFenced(request)
    case .unknownProducerId: refuseAbortablyIfPossible(request, .unknownProducerId)
    case .transactionAbortable: refuse(request, .transactionAbortable, isFatal: !wire.committed)
    case .unknownServerError:
      if wire.committed { mayBeCommitted = true }
      refuse(request, .unknownServerError, isFatal: true)
    default: refuse(request, response.errorCode, isFatal: true)
    }
  }
}

extension ErrorCode {
  /// Whether a coordinator that answers EndTxn with this error may have decided anyway: it may mean a decision that was written but not seen as
  /// committed.
  fileprivate var leavesEndOpen: Bool {
    switch self {
    case .concurrentTransactions, .coordinatorLoadInProgress: false
    default: true
    }
  }
}
