import Primitives

/// The transitions of a transactional id. They do not check whether the change is allowed: the shard has done that.
extension TransactionMetadata {
  /// A copy for a change: its current producer id becomes the previous one.
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

  /// The state after InitProducerId, with the next epoch. Nil if the producer's epoch is over.
  ///
  /// - Parameters:
  ///   - expected: The epoch that the producer already has; nil for a new producer.
  ///   - bump: By how much the epoch is raised.
  ///   - first: The epoch of a new id.
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
    // The response to the same request was lost. Any other producer would have set the last epoch to -1.
    return expected == lastProducerEpoch ? next : nil
  }

  /// The state after InitProducerId, with another producer id, because the epochs of the current one are used up.
  ///
  /// - Parameter remembersEpoch: Whether the producer already has an epoch, and may retry with it.
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

  /// The state after the decision how the transaction ends.
  ///
  /// With version 2 each transaction ends in an epoch of its own, which its successor uses (KIP-890). The last epoch is reserved for markers: the
  /// producer continues with another producer id.
  ///
  /// - Parameters:
  ///   - nextProducerID: -1 if the producer id stays.
  ///   - isEmpty: Whether there was no transaction to end.
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

  /// The state after every partition has its marker.
  func completed(at now: Timestamp) -> TransactionMetadata {
    var next = changed(to: state == .prepareCommit ? .completeCommit : .completeAbort, at: now)
    (next.producerID, next.producerEpoch) = producerAfterCompletion
    next.nextProducerID = Self.noProducerID
    next.partitions = []
    return next
  }

  /// The producer id and epoch with which the producer continues once the ending transaction is complete.
  var producerAfterCompletion: (id: Int64, epoch: Int16) {
    clientVersion >= 2 && nextProducerID != Self.noProducerID ? (nextProducerID, 0) : (producerID, producerEpoch)
  }
}
