import Coordination
import Primitives
import Wire

extension TransactionMetadata {
  /// The record version that a coordinator writes for a level of `transaction.version`. From level 1 on records are flexible (KIP-890).
  static func recordVersion(at transactionVersion: Int16) -> Int16 { transactionVersion >= 1 ? 1 : 0 }

  /// - Parameter keepsProducerIDs: Whether the record contains the previous and the next producer id.
  func record(of id: String, keepsProducerIDs: Bool) throws(WireError) -> CoordinatorRecord {
    try CoordinatorRecord(Self.key(of: id), value(keepsProducerIDs: keepsProducerIDs), version: recordVersion)
  }

  static func key(of id: String) -> TransactionLogKey {
    var key = TransactionLogKey()
    key.transactionalId = id
    return key
  }

  private func value(keepsProducerIDs: Bool) -> TransactionLogValue {
    var value = TransactionLogValue()
    value.producerId = producerID
    value.producerEpoch = producerEpoch
    value.transactionTimeoutMs = timeout
    value.transactionStatus = state.rawValue
    value.transactionLastUpdateTimestampMs = lastUpdateTimestamp
    value.transactionStartTimestampMs = startTimestamp
    value.transactionPartitions = state == .empty ? nil : partitionsByTopic
    guard recordVersion >= 1 else { return value }
    value.clientTransactionVersion = clientVersion
    guard keepsProducerIDs else { return value }
    value.previousProducerId = previousProducerID
    value.nextProducerId = nextProducerID
    return value
  }

  private var partitionsByTopic: [TransactionLogValue.PartitionsSchema] {
    var topics: [TransactionLogValue.PartitionsSchema] = []
    for partition in partitions {
      let place = topics.lastGroup(where: { $0.topic == partition.topic }, or: .init { $0.topic = partition.topic })
      topics[place].partitionIds.append(partition.partition)
    }
    return topics
  }

  /// Makes the state from a record.
  init(_ value: TransactionLogValue, version: Int16) throws(WireError) {
    guard let state = TransactionState(rawValue: value.transactionStatus) else {
      let reason = "there is no transaction state with the number \(value.transactionStatus)"
      throw WireError(.invalidValue(reason), at: 0, field: "TransactionStatus", message: TransactionLogValue.name)
    }
    self.init(producerID: value.producerId)
    self.state = state
    producerEpoch = value.producerEpoch
    previousProducerID = value.previousProducerId
    nextProducerID = value.nextProducerId
    timeout = value.transactionTimeoutMs
    startTimestamp = value.transactionStartTimestampMs
    lastUpdateTimestamp = value.transactionLastUpdateTimestampMs
    clientVersion = value.clientTransactionVersion
    recordVersion = version
    guard state != .empty else { return }
    partitions = (value.transactionPartitions ?? []).flatMap { topic in topic.partitionIds.map { TopicPartition(topic.topic, $0) } }.sortedOnce
  }

  /// The recorded state as one line.
  func recordedState(of id: String, keepsProducerIDs: Bool) -> String {
    let value = value(keepsProducerIDs: keepsProducerIDs)
    let partitions = state == .empty ? "" : partitions.map(\.description).joined(separator: ",")
    return "transaction \(id) \(state.name) producer \(producerID) epoch \(producerEpoch) previous \(value.previousProducerId) next \(value.nextProducerId) "
      + "timeout \(timeout) partitions [\(partitions)] updated \(lastUpdateTimestamp) started \(startTimestamp) client \(value.clientTransactionVersion)"
  }
}
