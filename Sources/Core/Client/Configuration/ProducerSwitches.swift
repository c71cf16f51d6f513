import Primitives

/// Which of the rules that were once missing from producers, or are from other clients than Kafka's, are in force. Each is read at one place, and all are as in
/// Kafka 4.3 where nothing is said.
public struct ProducerSwitches: Hashable, Sendable {
  /// The end of a transaction that was not answered is not asked for again: the commit fails with an unknown outcome, and the transaction is ended by InitProducerId, with
  /// another epoch. What Jepsen advises to clients where epochs do not grow with every transaction (KAFKA-17754). Kafka's client asks again.
  public var reinitOnTimeout = false
  /// The end of a transaction is not sent before the coordinator has said that it knows the partitions (librdkafka #4849: an abort overtook AddPartitionsToTxn).
  public var endTxnWaitsForAdd = true
  /// The memory of a batch that timed out is used again only when its request has ended. Otherwise a request that still waits for its connection carries whatever is in
  /// that memory by then, under the name of its own topic (KAFKA-19012).
  public var freeOnCompleteOnly = true
  /// An idempotent producer that takes a new epoch gives new numbers to all batches in flight of the partition in question, also to those that may be written already:
  /// they are written twice then. So in Kafka 4.3 (KAFKA-14034). Otherwise those keep what they have, and fail where they are refused.
  public var renumberStored = true
  /// A batch that its leader calls out of order, when a later one of the same epoch is acknowledged, counts as written. Kafka 4.3 (`TransactionManager.canRetry`) sends it again until
  /// `delivery.timeout.ms` is over, and then tells that nobody knows.
  public var laterBatchTellsWritten = false
  /// An idempotent producer has at most five requests in flight to a broker: brokers remember the last five batches of each producer.
  public var inflightLimit = true
  /// A refusal by a leader counts as "not written", whatever it is about (KAFKA-13574).
  public var errorsAreDefinite = false
  /// The highest `transaction.version` that the client speaks. 0: librdkafka and kafka-python.
  public var transactionVersion: Int16 = 2
  /// A transactional producer has its epoch raised after an error that left batches behind (KIP-360).
  public var epochBump = true
  /// Offsets that are sent to a transaction tell in whose name: generation and member (KIP-447).
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
      .boolean("client.offsetsWithMember", \.offsetsWithMember),
    ])
}
