import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Handles DescribeTransactions (KIP-664) for one id, from the committed state. TRANSACTIONAL_ID_NOT_FOUND if it is unknown.
  public func describe(_ id: String, at time: CoordinatorTime) -> DescribeTransactionsResponse.TransactionState {
    var entry = DescribeTransactionsResponse.TransactionState()
    entry.transactionalId = id
    guard !id.isEmpty else {
      entry.errorCode = .invalidRequest
      return entry
    }
    guard let metadata = current(id), metadata.state != .dead else {
      entry.errorCode = .transactionalIdNotFound
      return entry
    }
    entry.producerId = metadata.producerID
    entry.producerEpoch = metadata.producerEpoch
    entry.transactionState = metadata.state.name
    entry.transactionTimeoutMs = metadata.timeout
    entry.transactionStartTimeMs = metadata.startTimestamp
    for partition in metadata.partitions {
      let place = entry.topics.lastGroup(where: { $0.topic == partition.topic }, or: .init { $0.topic = partition.topic })
      entry.topics[place].partitions.append(partition.partition)
    }
    return entry
  }

  /// Handles ListTransactions (KIP-664), from the committed state, in the order of the ids.
  ///
  /// - Parameters:
  ///   - states: Kafka's names; empty for every state. Unknown names match nothing; the broker returns them to the client (`TransactionState(name:)`).
  ///   - producerIDs: Empty for all.
  ///   - duration: In milliseconds; unless negative, only transactions that have been open longer (KIP-994). An id that never had a transaction counts as open
  ///     since the beginning of time, as in Kafka.
  ///   - pattern: What ids have to match (KIP-1152); nil for all.
  public func list(
    states: [String] = [], producerIDs: [Int64] = [], durationAtLeast duration: Int64 = -1, pattern: ((String) -> Bool)? = nil, at time: CoordinatorTime
  ) -> [ListTransactionsResponse.TransactionState] {
    var entries: [ListTransactionsResponse.TransactionState] = []
    for (id, metadata) in transactions where metadata.state != .dead {
      guard producerIDs.isEmpty || producerIDs.contains(metadata.producerID), states.isEmpty || states.contains(metadata.state.name) else { continue }
      guard duration < 0 || time.wallClock.milliseconds.saturatingSubtracting(metadata.startTimestamp) > duration else { continue }
      guard pattern?(id) ?? true else { continue }
      var entry = ListTransactionsResponse.TransactionState()
      entry.transactionalId = id
      entry.producerId = metadata.producerID
      entry.transactionState = metadata.state.name
      entries.append(entry)
    }
    return entries.sorted { $0.transactionalId < $1.transactionalId }
  }
}
