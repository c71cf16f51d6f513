import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Whether `initProducerID` needs a new producer id: for a new transactional id, or if the epochs of the current one are used up.
  public func needsProducerID(for request: InitProducerIdRequest) -> Bool {
    guard let id = request.transactionalId, (try? check(request)) != nil, !isPending(id) else { return false }
    guard let current = current(id) else { return true }
    guard current.isEpochExhausted else { return false }
    switch current.state {
    case .ongoing: return cluster.transactionVersion >= 2
    case .empty, .completeCommit, .completeAbort: return request.hasNoProducer || request.producerEpoch == current.producerEpoch
    case .prepareCommit, .prepareAbort, .dead, .prepareEpochFence: return false
    }
  }

  /// Handles InitProducerId with a transactional id: returns its next epoch, or another producer id if no epoch is left; every other producer with
  /// this id is fenced.
  ///
  /// An open transaction is aborted first, in an epoch that no producer gets: the response is CONCURRENT_TRANSACTIONS, and the producer asks again.
  ///
  /// Throws INVALID_REQUEST, TRANSACTIONAL_ID_AUTHORIZATION_FAILED (two-phase commit is not allowed here), UNSUPPORTED_VERSION (4.3 does not keep
  /// prepared transactions yet, KIP-939), INVALID_TRANSACTION_TIMEOUT, CONCURRENT_TRANSACTIONS, PRODUCER_FENCED, and COORDINATOR_LOAD_IN_PROGRESS if
  /// a producer id is needed and none is available.
  ///
  /// Source: Kafka's `TransactionCoordinator.handleInitProducerId` and `prepareInitProducerIdTransit`.
  public mutating func initProducerID(
    _ request: InitProducerIdRequest, version: Int16, newProducerID: Int64?, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, InitProducerIdResponse> {
    try check(request)
    let id = request.transactionalId ?? ""
    guard !isPending(id) else {
      mark(.initWhilePending)
      throw Refusal(.concurrentTransactions)
    }
    let current = if let known = current(id) { known } else { TransactionMetadata(producerID: try producerID(newProducerID)) }
    if !request.hasNoProducer, !current.mayContinue(request.producerId, request.producerEpoch) {
      mark(.initOfFormerProducer)
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: version >= 4)
    }
    switch current.state {
    case .prepareCommit, .prepareAbort:
      mark(.initWhileEnding)
      throw Refusal(.concurrentTransactions)
    case .ongoing:
      mark(.openTransactionFenced)
      var response = InitProducerIdResponse()
      response.errorCode = .concurrentTransactions
      response.producerEpoch = TransactionMetadata.noEpoch
      return try abort(id, current, newProducerID: newProducerID, response, at: time)
    case .empty, .completeCommit, .completeAbort:
      let next = try initialized(id, current, request, version: version, newProducerID: newProducerID, at: time)
      var response = InitProducerIdResponse()
      response.producerId = next.producerID
      response.producerEpoch = next.producerEpoch
      return try change(id, to: next, response)
    case .dead, .prepareEpochFence: throw Refusal(.unknownServerError)
    }
  }

  private mutating func initialized(
    _ id: String, _ current: TransactionMetadata, _ request: InitProducerIdRequest, version: Int16, newProducerID: Int64?, at time: CoordinatorTime
  ) throws(Refusal) -> TransactionMetadata {
    let timeout = request.enable2Pc ? .max : request.transactionTimeoutMs
    if current.isEpochExhausted, request.hasNoProducer || request.producerEpoch == current.producerEpoch {
      mark(.producerIDRotated)
      return current.rotated(
        to: try producerID(newProducerID), timeout: timeout, remembersEpoch: !request.hasNoProducer, at: time.wallClock)
    }
    // If the epochs are used up and the producer's epoch differs, Kafka answers UNKNOWN_SERVER_ERROR; the producer's epoch is over in either case.
    let next = current.initialized(
      timeout: timeout, expected: request.hasNoProducer ? nil : request.producerEpoch, bump: settings.switches.bumpOnInit ? 1 : 0,
      first: settings.switches.firstEpoch, at: time.wallClock)
    guard let next else {
      mark(.initOfFormerEpoch)
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: version >= 4)
    }
    return next
  }

  /// Throws if a request is invalid whatever its id.
  private func check(_ request: InitProducerIdRequest) throws(Refusal) {
    guard let id = request.transactionalId, !id.isEmpty, request.hasNoProducer || (request.producerId != -1 && request.producerEpoch != -1) else {
      throw Refusal(.invalidRequest)
    }
    guard !request.enable2Pc || settings.allowsTwoPhaseCommit else { throw Refusal(.transactionalIdAuthorizationFailed) }
    guard !request.keepPreparedTxn else { throw Refusal(.unsupportedVersion) }
    let timeout = Int64(request.transactionTimeoutMs)
    guard request.enable2Pc || (timeout > 0 && timeout <= settings.maxTimeout.milliseconds) else { throw Refusal(.invalidTransactionTimeout) }
  }

  /// Returns an unused producer id: the given one, or one that the broker has reserved.
  func producerID(_ brought: Int64?) throws(Refusal) -> Int64 {
    guard let id = brought ?? cluster.takeProducerID() else {
      mark(.noProducerIDHeld)
      throw Refusal(.coordinatorLoadInProgress)
    }
    return id
  }
}

extension InitProducerIdRequest {
  /// Whether the producer has no producer id and epoch yet.
  fileprivate var hasNoProducer: Bool { producerId == TransactionMetadata.noProducerID && producerEpoch == TransactionMetadata.noEpoch }
}
