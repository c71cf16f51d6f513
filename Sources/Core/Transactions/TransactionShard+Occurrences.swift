import Coordination
import Host
import Primitives
import Wire

/// What a coordinator reports to observers about its transactions. None of it is recorded, and no decision depends on it.
extension TransactionShard {
  private var partition: TopicPartition { TopicPartition(TopicName.transactionState, number) }

  /// Reports that the ids are loaded, and the state of each.
  mutating func tellLoaded() {
    guard !transactions.isEmpty else { return }
    occurrences.append(.transactionsLoaded(partition))
    for (id, metadata) in transactions { tell(id, metadata) }
  }

  mutating func tellUnloaded() {
    if !transactions.isEmpty { occurrences.append(.transactionsUnloaded(partition)) }
  }

  mutating func tell(_ id: String, _ metadata: TransactionMetadata) {
    occurrences.append(
      .transactionChanged(
        Occurrence.TransactionStanding(
          transactionalID: id, producerID: metadata.producerID, producerEpoch: metadata.producerEpoch, state: metadata.state.name,
          partitions: metadata.partitions)))
  }

  /// Refuses a producer whose epoch is over.
  ///
  /// - Parameter isKnown: Whether the version of its request has PRODUCER_FENCED; otherwise the producer gets INVALID_PRODUCER_EPOCH (KAFKA-9911).
  mutating func fenced(_ id: String, _ producerID: Int64, _ epoch: Int16, isKnown: Bool) -> Refusal {
    occurrences.append(.producerFenced(transactionalID: id, producerID: producerID, producerEpoch: epoch))
    return Refusal(isKnown ? .producerFenced : .invalidProducerEpoch)
  }
}
