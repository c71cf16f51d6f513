import Host
import Primitives
import Wire

/// What is checked in the middle of an event. What holds between two events stands in `checkInvariants`.
extension TransactionShard {
  /// Checks that each end that was decided before this coordinator came is carried out by it.
  func requireResumed() {
    guard settings.switches.resumePrepared else { return }
    for (id, metadata) in transactions where metadata.state == .prepareCommit || metadata.state == .prepareAbort {
      mustHold(
        pending[id] != nil && awaiting.contains(id), "transaction \(id): it was loaded as \(metadata.state.name), and nobody writes its markers")
    }
  }

  /// Checks that markers are ordered for what the id's record says.
  func requireRecorded(_ order: MarkerOrder) {
    let id = order.transactionalID, recorded = transactions[id]
    mustHold(
      recorded?.state == (order.isCommit ? .prepareCommit : .prepareAbort) && recorded?.producerID == order.producerID && recorded?.producerEpoch == order.producerEpoch
        && recorded?.partitions == order.partitions,
      "transaction \(id): markers of \(order.isCommit ? "a commit" : "an abort") in epoch \(order.producerEpoch) of producer \(order.producerID) are ordered for "
        + "\(order.partitions.count) partitions, and it is \(recorded.map { "\($0.state.name) in epoch \($0.producerEpoch) of producer \($0.producerID)" } ?? "forgotten")")
  }

  /// Checks that a look at the timeouts found each transaction that has been open for too long, and no other.
  func requireOverdue(at now: Timestamp) {
    var count = 0
    for metadata in transactions.values where metadata.state == .ongoing && metadata.timeout < .max {
      if now.milliseconds.saturatingSubtracting(metadata.startTimestamp) > Int64(metadata.timeout) { count += 1 }
    }
    mustHold(count == overdue.count, "transactions of partition \(number): \(count) have been open for too long, and \(overdue.count) are to be aborted")
  }

  /// Checks that records are let into a transaction that is open and contains their partition.
  func requireContained(_ partitions: [TopicPartition], _ answers: [ErrorCode], _ id: String) {
    guard let metadata = transactions[id] else { return }
    for (partition, answer) in zip(partitions, answers) where answer == .none {
      mustHold(
        metadata.state == .ongoing && metadata.partitions.contains(partition),
        "transaction \(id): records of \(partition) are let in, and it is \(metadata.state.name) with \(metadata.partitions)")
    }
  }

  /// Checks that only ids without a transaction are forgotten for their age.
  func requireAtRest(_ ids: [String]) {
    for id in ids {
      guard let metadata = transactions[id] else { continue }
      mustHold(metadata.state.isAtRest, "transaction \(id): it is forgotten for its age, and is \(metadata.state.name)")
    }
  }
}

extension TransactionMetadata {
  /// What is wrong with a change of this coordinator, if anything. Readers of a compacted log do not see every change.
  func illegality(of id: String, after former: TransactionMetadata?) -> String? {
    guard let former else { return state == .empty ? nil : "\(id) begins as \(state.name)" }
    guard state.mayFollow(former.state) else { return "\(id) became \(state.name) after \(former.state.name)" }
    if let words = illegality(ofProducerOf: id, after: former) { return words }
    guard state == .empty || timeout == former.timeout else { return "\(id) is \(state.name), and its timeout went from \(former.timeout) ms to \(timeout) ms" }
    switch (former.state, state) {
    case (.ongoing, .ongoing):
      if startTimestamp != former.startTimestamp { return "\(id) goes on, and its start moved from \(former.startTimestamp) to \(startTimestamp)" }
      if !former.partitions.allSatisfy(partitions.contains) { return "\(id) goes on, and has lost a partition: \(partitions) after \(former.partitions)" }
    case (_, .ongoing):
      if startTimestamp != lastUpdateTimestamp { return "\(id) begins at \(lastUpdateTimestamp), and counts from \(startTimestamp)" }
    case (.ongoing, .prepareCommit), (.ongoing, .prepareAbort):
      if partitions != former.partitions { return "\(id) ends as \(state.name) with \(partitions), and had \(former.partitions)" }
    default:
      if !partitions.isEmpty { return "\(id) is \(state.name), and has \(partitions)" }
    }
    return nil
  }

  /// What is wrong with the producer id and epoch after a change.
  private func illegality(ofProducerOf id: String, after former: TransactionMetadata) -> String? {
    if previousProducerID != former.producerID { return "\(id) had producer id \(former.producerID), and remembers \(previousProducerID)" }
    guard producerID == former.producerID else {
      if producerEpoch != 0 { return "\(id) begins with producer id \(producerID) in epoch \(producerEpoch)" }
      return state == .empty || former.nextProducerID == producerID ? nil : "\(id) goes on with producer id \(producerID), and \(former.nextProducerID) was decided"
    }
    if producerEpoch < former.producerEpoch { return "\(id) went back from epoch \(former.producerEpoch) to \(producerEpoch)" }
    switch state {
    case .prepareCommit where clientVersion >= 2, .prepareAbort where clientVersion >= 2:
      let isLater = producerEpoch > former.producerEpoch && lastProducerEpoch == producerEpoch - 1
      return isLater || producerEpoch == .max ? nil : "\(id) ends in epoch \(producerEpoch) after \(lastProducerEpoch), and was in epoch \(former.producerEpoch)"
    case .ongoing, .completeCommit, .completeAbort:
      return producerEpoch == former.producerEpoch ? nil : "\(id) became \(state.name) in epoch \(producerEpoch), and was in epoch \(former.producerEpoch)"
    case .empty:
      // A producer that asks again, because it did not get the answer, gets the epoch that it has.
      let isRepeated = lastProducerEpoch == former.lastProducerEpoch && lastProducerEpoch != Self.noEpoch
      return producerEpoch > former.producerEpoch || isRepeated ? nil : "\(id) has a new producer in epoch \(producerEpoch), which its former one has"
    case .prepareCommit, .prepareAbort, .dead, .prepareEpochFence: return nil
    }
  }
}
