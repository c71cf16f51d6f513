import Primitives

/// What a transactional id becomes. None of it asks whether it may: the shard has done so.
extension TransactionMetadata {
  /// As it is, for a change: the producer id that it has now becomes the previous one.
  private func changed(to state: TransactionState, at now: Timestamp) -> TransactionMetadata {
    var next = self
    next.state = state
    next.previousProducerID = producerID
    next.lastUpdateTimestamp = now.milliseconds
    return next
  }

  private func emptied(timeout: Int32, at now: Timestamp) -> TransactionMetadata {
    var next = changed(to: .empty, at: now)
    next.timeout = timeout
    next.partitions = []
    next.startTimestamp = -1
    return next
  }

  /// InitProducerId, with the next epoch. nil where the epoch that the producer has is over.
  ///
  /// - Parameters:
  ///   - expected: the epoch that the producer has already; nil for a new one.
  ///   - bump: by how much the epoch is raised.
  ///   - first: the epoch of a new id.
  func initialized(timeout: Int32, expected: Int16?, bump: Int16, first: Int16 = 0, at now: Timestamp) -> TransactionMetadata? {
    var next = emptied(timeout: timeout, at: now)
    let bumped = producerEpoch == Self.noEpoch ? first : producerEpoch.saturatingAdding(bump)
    guard let expected else {
      next.producerEpoch = bumped
      next.lastProducerEpoch = Self.noEpoch
      return next
    }
    if producerEpoch == Self.noEpoch || (expected == producerEpoch && !isEpochExhausted) {
      next.producerEpoch = bumped
      next.lastProducerEpoch = producerEpoch
      return next
    }
    // The answer to the same request was lost. Any other producer would have made the last epoch -1.
    return expected == lastProducerEpoch ? next : nil
  }

  /// InitProducerId, with another producer id, as the epochs of this one are used up.
  ///
  /// - Parameter remembersEpoch: the producer has an epoch already, and may ask again with it.
  func rotated(to newProducerID: Int64, timeout: Int32, remembersEpoch: Bool, at now: Timestamp) -> TransactionMetadata {
    var next = emptied(timeout: timeout, at: now)
    next.producerID = newProducerID
    next.producerEpoch = 0
    next.lastProducerEpoch = remembersEpoch ? producerEpoch : Self.noEpoch
    return next
  }

  func adding(_ added: [TopicPartition], clientVersion: Int16, at now: Timestamp) -> TransactionMetadata {
    var next = changed(to: .ongoing, at: now)
    if state.isAtRest { next.startTimestamp = now.milliseconds }
    next.partitions = partitions.union(added)
    next.clientVersion = clientVersion
    return next
  }

  /// How the transaction ends is decided.
  ///
  /// At level 2 each transaction ends in an epoch of its own, which the next one is in (KIP-890). The last epoch is for markers alone: the producer goes on with another producer id.
  ///
  /// - Parameters:
  ///   - nextProducerID: -1 where the producer id stays.
  ///   - isEmpty: there was no transaction to end, and none that would have begun.
  func ending(commits: Bool, clientVersion: Int16, nextProducerID: Int64, isEmpty: Bool, at now: Timestamp) -> TransactionMetadata {
    var next = changed(to: commits ? .prepareCommit : .prepareAbort, at: now)
    if clientVersion >= 2 {
      next.producerEpoch = producerEpoch.saturatingAdding(1)
      next.lastProducerEpoch = producerEpoch
    }
    if isEmpty { next.startTimestamp = now.milliseconds }
    next.nextProducerID = nextProducerID
    next.clientVersion = clientVersion
    return next
  }

  /// Every partition knows how the transaction ended.
  func completed(at now: Timestamp) -> TransactionMetadata {
    var next = changed(to: state == .prepareCommit ? .completeCommit : .completeAbort, at: now)
    (next.producerID, next.producerEpoch) = producerAfterCompletion
    next.nextProducerID = Self.noProducerID
    next.partitions = []
    return next
  }

  /// What the producer goes on with once the transaction that ends now is complete.
  var producerAfterCompletion: (id: Int64, epoch: Int16) {
    clientVersion >= 2 && nextProducerID != Self.noProducerID ? (nextProducerID, 0) : (producerID, producerEpoch)
  }
}
