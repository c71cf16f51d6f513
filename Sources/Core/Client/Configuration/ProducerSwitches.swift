import Primitives

/// Which rules are in force that producers once lacked, or that come from clients other than Kafka's. Each switch is read in one place. By default
/// they are as in Kafka 4.3.
public struct ProducerSwitches: Hashable, Sendable {
  /// If the end of a transaction gets no response, the producer does not ask again: the commit fails with an unknown outcome, and InitProducerId ends
  /// the transaction, with another epoch. Jepsen advises clients to do this if epochs do not grow with every transaction (KAFKA-17754). Kafka's
  /// client asks again.
  public var reinitOnTimeout = false
  /// The end of a transaction is sent only after the coordinator has confirmed the partitions (librdkafka #4849: an abort overtook
  /// AddPartitionsToTxn).
  public var endTxnWaitsForAdd = true
  /// The memory of a batch that timed out is reused only after its request has ended. Otherwise a request that still waits for its connection sends
  /// whatever that memory then holds, under the name of its own topic (KAFKA-19012).
  public var freeOnCompleteOnly = true
  /// An idempotent producer that gets a new epoch renumbers all batches in flight of the affected partition, even those that may already be written:
  /// these are then written twice. Kafka 4.3 does this (KAFKA-14034). Otherwise these batches keep their numbers, and fail if they are refused.
  public var renumberStored = true
  /// If a leader reports a batch as out of order although a later one of the same epoch is acknowledged, the batch counts as written. Kafka 4.3
  /// (`TransactionManager.canRetry`) resends it until `delivery.timeout.ms` is over, and then reports an unknown outcome.
  public var laterBatchTellsWritten = false
  /// An idempotent producer has at most five requests in flight to a broker: brokers remember the last five batches of each producer.
  public var inflightLimit = true
  /// Any refusal by a leader counts as "not written" (KAFKA-13574).
  public var errorsAreDefinite = false
  /// The highest `transaction.version` that the client supports. 0: librdkafka and kafka-python.
  public var transactionVersion: Int16 = 2
  /// A transactional producer has its epoch raised after an error that left unresolved batches (KIP-360).
  public var epochBump = true
  /// A batch whose time is over when its request fails keeps its sequence, as long as it may be written. Kafka (`Sender.completeBatch`) looks at its retries alone, and gives the
  /// sequence to the next batch (KAFKA-14397). Below version 2 that is one of the next transaction in the same epoch, if the commit had been asked for (`TransactionManager.maybeTransitionToErrorState`
  /// raises no epoch then): brokers take it for the one that they have, which was aborted.
  public var keepUncertainSequences = false
  /// Offsets that are sent to a transaction include the member and its generation (KIP-447).
  public var offsetsWithMember = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ProducerSwitches>(
    defaults: ProducerSwitches(),
    [
      .boolean("client.reinitOnTimeout", \.reinitOnTimeout), .boolean("client.endTxnWaitsForAdd", \.endTxnWaitsForAdd),
      .boolean("client.freeOnCompleteOnly", \.freeOnCompleteOnly), .boolean("client.renumberStored", \.renumberStored),
      .boolean("client.laterBatchTellsWritten", \.laterBatchTellsWritten), .boolean("client.inflightLimit", \.inflightLimit), .boolean("client.errorsAreDefinite", \.errorsAreDefinite),
      .integer("client.transactionVersion", \.transactionVersion, in: 0...2), .boolean("client.epochBump", \.epochBump),
      .boolean("client.keepUncertainSequences", \.keepUncertainSequences), .boolean("client.offsetsWithMember", \.offsetsWithMember),
    ])
}
