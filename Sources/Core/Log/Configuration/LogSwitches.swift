import Primitives

/// Historic behaviours of a partition's log towards idempotent and transactional producers, and mistakes that other logs made. Modern by default; each is read
/// at one place.
public struct LogSwitches: Hashable, Sendable {
  /// How many batches of a producer are remembered, so that they are known when they come again. A producer with more of them in flight may write some of
  /// them twice.
  public var dedupWindow: Int32 = 5
  /// A batch that comes again is answered with the offsets it got the first time. Redpanda once refused it as out of order (#3039), and its producer took a
  /// new epoch and wrote it again.
  public var serverDedup = true
  /// A producer is known until it expires, also when all its records were deleted. Before, it was forgotten with them, and its next batch was refused with
  /// UNKNOWN_PRODUCER_ID (KAFKA-7190, KIP-360).
  public var retainProducersAfterDeletion = true
  /// An append that begins a transaction must show a guard that no marker has taken away since the transaction was verified (KIP-890). Without it an append
  /// that was held up behind the marker begins one that nobody ends.
  public var verificationGuard = true
  /// The marker of a transaction of version 2 has a larger epoch than the producer has on the partition (KAFKA-19446, KIP-1228). Before, one that was sent for
  /// a former transaction ended the next.
  public var markerEpochStrict = true
  /// A marker of the producer's present epoch that finds no transaction open was written before, and is taken (KAFKA-19999). Without it a coordinator that
  /// heard no answer sends it again for ever.
  public var markerIdempotentRetry = true
  /// A marker of a coordinator that was deposed is refused (KIP-98).
  public var checkCoordinatorEpoch = true
  /// Compaction keeps markers whatever their keys are. Before, records of users with the same bytes for a key took their place (KAFKA-14055).
  public var cleanerKeepsControlBatches = true
  /// The marker of a transaction of which compaction has left nothing goes at once, and not behind `delete.retention.ms`: a reader that had read the records
  /// before never sees how it ended.
  public var cleanerDropsMarkersEarly = false
  /// A leader looks whether a batch follows the one before of its producer (KIP-98). Without it the batches of one that was refused come in its place, and it comes behind them. A fault
  /// that is planted: no Kafka was so.
  public var checkSequences = true
  /// What is known of producers is read back from snapshot and log when the log is cut back. Without it everything is forgotten, also which transactions are open. A fault that is planted.
  public var reloadProducersAfterTruncation = true
  /// A transaction whose marker lies above the high watermark holds back the last stable offset also when the log was opened anew or cut. Kafka 4.3 forgets it
  /// (`ProducerStateManager.truncateAndReload` clears `unreplicatedTxns`, and snapshots do not name them), so that a leader which comes back lets readers of committed records pass
  /// a transaction whose end may still be cut away.
  public var keepUnreplicatedTransactions = false
  /// An aborted transaction is listed also where it began in a former segment (KIP-98). Without it readers are given what it wrote before the log was rolled. A fault that is planted.
  public var listAbortedAcrossSegments = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<LogSwitches>(
    defaults: LogSwitches(),
    [
      .integer("dedupWindow", \.dedupWindow, in: 1...1_000), .boolean("server.dedup", \.serverDedup),
      .boolean("producerState.retainAfterLogDelete", \.retainProducersAfterDeletion), .boolean("verificationGuard", \.verificationGuard),
      .boolean("markerEpochStrict", \.markerEpochStrict), .boolean("marker.idempotentRetry", \.markerIdempotentRetry),
      .boolean("checkCoordinatorEpoch", \.checkCoordinatorEpoch), .boolean("cleaner.keepControlBatches", \.cleanerKeepsControlBatches),
      .boolean("cleaner.dropMarkerEarly", \.cleanerDropsMarkersEarly), .boolean("checkSequences", \.checkSequences),
      .boolean("producerState.reloadAfterTruncation", \.reloadProducersAfterTruncation),
      .boolean("producerState.keepUnreplicated", \.keepUnreplicatedTransactions),
      .boolean("listAbortedAcrossSegments", \.listAbortedAcrossSegments),
    ])
}
