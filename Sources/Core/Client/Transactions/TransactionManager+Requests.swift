import Host
import Primitives
import Wire

/// Sends one request at a time, the most urgent first (`Sender.runOnce`).
extension TransactionManager {
  /// Does what must be done before records are sent. Returns whether they must wait: while a request about the transaction is in flight, Kafka's
  /// producer sends no records.
  func advance() -> Bool {
    defer { clearChanged() }
    resolveSequences()
    while true {
      if state == .fatalError {
        producer.abandonAll(.transactionFailed)
        while !pending.isEmpty { pending.removeFirst().result.finish(currentFailure) }
        return true
      }
      renewIdempotentIdentity()
      if current != nil { return true }
      switch state {
      case .abortableError: producer.abandonUnsent(.transactionFailed)
      case .aborting: producer.abandonUnsent(.transactionAborted)
      default: break
      }
      guard let request = nextRequest() else { return false }
      dispatch(request)
    }
  }

  /// The next request to send (`nextRequest`). The end of a transaction waits until all its records are acknowledged or failed.
  private func nextRequest() -> TransactionalRequest? {
    if !newPartitions.isEmpty { enqueueNewPartitions() }
    while let request = pending.first {
      if request.isEnd, producer.hasIncompleteRecords { return nil }
      pending.removeFirst()
      // Searching for a coordinator before an abort is harmless.
      if hasError, state == .fatalError || !request.isLookUp {
        request.result.finish(currentFailure)
        continue
      }
      if request.isEnd, !hasStarted {
        // The coordinator never knew the transaction.
        mark(.transactionEndedUnheard)
        mustHold(partitions.isEmpty, "producer: a transaction ends unheard, and \(partitions.count) partitions are in it")
        finishTransaction(endedBy: request)
        continue
      }
      return request
    }
    return nil
  }

  /// Sends a request, or first searches for its coordinator.
  private func dispatch(_ request: TransactionalRequest) {
    guard let address = target(of: request) else { return targetIsUnknown(to: request) }
    current = request
    guard request.isRetry else { return send(request, to: address) }
    let backoff = producer.configuration.connection.retryBackoff
    producer.reactor.after(min(request.backoff ?? backoff, backoff)) { [weak self, weak producer] in
      guard let self, let producer, current === request else { return }
      if case .closed = producer.state { return }
      send(request, to: address)
    }
  }

  private func targetIsUnknown(to request: TransactionalRequest) {
    if let kind = coordinator(of: request) {
      lookUp(kind)
      return retry(request)
    }
    producer.cluster.requestUpdate()
    current = request
    producer.reactor.after(producer.configuration.connection.retryBackoff) { [weak self, weak producer] in
      guard let self, let producer, current === request else { return }
      current = nil
      retry(request)
      producer.schedulePump()
    }
  }

  private func target(of request: TransactionalRequest) -> Address? {
    switch coordinator(of: request) {
    case nil: producer.cluster.leastLoadedAddress()
    case .transaction?: transactionCoordinator
    case .group(let group)?: groupCoordinator?.group == group ? groupCoordinator?.address : nil
    }
  }

  /// The kind of coordinator that a request is for; nil if any broker can answer.
  func coordinator(of request: TransactionalRequest) -> TransactionalRequest.CoordinatorKind? {
    switch request.subject {
    case .findCoordinator: nil
    case .initProducerID: isTransactional ? .transaction : nil
    case .addPartitions, .addOffsets, .endTransaction: .transaction
    case .commitOffsets(let wire, _): .group(wire.groupId)
    }
  }

  private func send(_ request: TransactionalRequest, to address: Address) {
    request.wasSent = true
    updateCoordinatorVersion()
    switch request.subject {
    case .findCoordinator(let kind): find(kind, request, address, inOldForm: false)
    case .initProducerID(let wire, let isEpochBump):
      // Version 6 is not stable yet: it is used only if it is necessary.
      let limit: Int16 = wire.enable2Pc || wire.keepPreparedTxn ? .max : 5
      transmit(wire, request, address, atMost: limit) { $0.take($1, request, isEpochBump: isEpochBump, keepsPrepared: wire.keepPreparedTxn) }
    // From version 4 on it is for brokers only.
    case .addPartitions(let wire): transmit(wire, request, address, atMost: 3) { $0.take($1, request) }
    case .addOffsets(let wire, let offsets, let group): transmit(wire, request, address) { $0.take($1, request, offsets, group) }
    case .commitOffsets(let wire, let isVersion2): transmit(wire, request, address, atMost: isVersion2 ? 5 : 4) { $0.take($1, request, wire) }
    case .endTransaction(let wire, let isVersion2):
      requireComplete()
      transmit(wire, request, address, atMost: isVersion2 ? 5 : 4) { $0.take($1, request, wire) }
    }
  }

  private func find(_ kind: TransactionalRequest.CoordinatorKind, _ request: TransactionalRequest, _ address: Address, inOldForm: Bool) {
    let (key, type): (String, Int8) = switch kind {
    case .transaction: (transactionalID ?? "", 1)
    case .group(let group): (group, 0)
    }
    let wire = FindCoordinatorRequest(of: key, type: type, inOldForm: inOldForm)
    let limit = FindCoordinatorRequest.newestVersion(inOldForm: inOldForm)
    producer.cluster.connections.send(wire, to: address, atMost: limit) { [weak self] result in
      guard let self, current === request else { return }
      if case .failure(.unsupportedVersion) = result, !inOldForm { return find(kind, request, address, inOldForm: true) }
      finish(request, result) { $0.take($1.coordinator(of: key), request, kind) }
    }
  }

  private func transmit<Request: ApiRequest>(
    _ wire: Request, _ request: TransactionalRequest, _ address: Address, atMost limit: Int16 = .max,
    _ take: @escaping (TransactionManager, Request.Response) -> Void
  ) {
    producer.cluster.connections.send(wire, to: address, atMost: limit) { [weak self] result in
      guard let self, current === request else { return }
      finish(request, result, take)
    }
  }

  private func finish<Response>(
    _ request: TransactionalRequest, _ result: Result<Response, ClientRequestFailure>, _ take: (TransactionManager, Response) -> Void
  ) {
    current = nil
    switch result {
    case .success(let response):
      updateCoordinatorVersion()
      take(self, response)
    case .failure(let failure): attemptFailed(request, failure)
    }
    producer.schedulePump()
  }

  private func attemptFailed(_ request: TransactionalRequest, _ failure: ClientRequestFailure) {
    if case .unsupportedVersion(let api) = failure {
      failFatally(.unsupportedVersion(api))
      return request.result.finish(currentFailure)
    }
    if !failure.wasNotSent, request.isEnd {
      if request.isCommit {
        mark(.commitUnanswered)
        mayBeCommitted = true
      }
      if switches.reinitOnTimeout { return endByInitializing(in: request) }
    }
    if let kind = coordinator(of: request) { lookUp(kind) } else { producer.cluster.requestUpdate() }
    retry(request)
  }

  /// Leaves the end of the transaction to InitProducerId: the coordinator ends it by its own rules, and requests that are still in flight have an
  /// outdated epoch.
  private func endByInitializing(in request: TransactionalRequest) {
    endsByInitializing = true
    lookUp(.transaction)
    guard request.isCommit else {
      // An abort completes when that is done.
      return initialize(for: request)
    }
    failAbortably(.endUnanswered)
    request.result.finish(currentFailure)
  }

  /// Gets the next epoch before the caller learns of the end of a transaction.
  func initialize(for end: TransactionalRequest) {
    guard !pending.contains(where: \.isInitialization) else { return }
    _ = enqueueInitialization(as: identity, result: end.result)
  }

  /// Whether a commit that continues may have committed, or still may.
  var mayStillBeCommitted: Bool { mayBeCommitted || current?.isCommit ?? false || pending.contains(where: \.isCommit) }
}
