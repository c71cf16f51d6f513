import Primitives

/// Historic behaviours of a partition's log towards idempotent and transactional producers, and mistakes of other implementations. The defaults are
/// modern; each switch is read in one place.
public struct LogSwitches: Hashable, Sendable {
  /// How many batches of a producer are remembered, so that they are recognised when they come again. A producer with more batches in flight may
  /// write some of them twice.
  public var dedupWindow: Int32 = 5
  /// A batch that comes again is answered with its original offsets. Redpanda once refused it as out of order (#3039), and its producer took a new
  /// epoch and wrote it again.
  public var serverDedup = true
  /// A producer is remembered until it expires, even after all its records were deleted. Before, the log forgot it along with its records, and
  /// refused its next batch with UNKNOWN_PRODUCER_ID (KAFKA-7190, KIP-360).
  public var retainProducersAfterDeletion = true
  /// An append that starts a transaction must present a guard that no marker has invalidated since the transaction was verified (KIP-890). Without
  /// this, an append that was delayed past the marker starts a transaction that no one ends.
  public var verificationGuard = true
  /// The marker of a version 2 transaction must have a larger epoch than the producer has on the partition (KAFKA-19446, KIP-1228). Before, a marker
  /// of an earlier transaction could end the next one.
  public var markerEpochStrict = true
  /// A marker with the producer's current epoch that finds no open transaction has already been written, and is accepted (KAFKA-19999). Without this,
  /// a coordinator that got no response resends it forever.
  public var markerIdempotentRetry = true
  /// A marker from a deposed coordinator is refused (KIP-98).
  public var checkCoordinatorEpoch = true
  /// Compaction keeps markers regardless of their keys. Before, user records whose key had the same bytes replaced them (KAFKA-14055).
  public var cleanerKeepsControlBatches = true
  /// The marker of a transaction that has no records left is dropped at once, not after `delete.retention.ms`: a reader that had already read the
  /// records never sees how the transaction ended.
  public var cleanerDropsMarkersEarly = false
  /// A leader checks that a batch follows the producer's previous one (KIP-98). Without this, batches after a refused one are accepted first, and the
  /// refused batch comes after them when it is resent. An injected fault: no version of Kafka did this.
  public var checkSequences = true
  /// After a truncation the log reloads its producers from the snapshot and the records. Without this, it forgets everything, even which transactions
  /// are open. An injected fault.
  public var reloadProducersAfterTruncation = true
  /// A transaction whose marker lies above the high watermark holds back the last stable offset even after the log was reopened or truncated. Kafka
  /// 4.3 forgets it (`ProducerStateManager.truncateAndReload` clears `unreplicatedTxns`, and snapshots do not contain them), so a leader that comes
  /// back lets readers of committed records pass a transaction whose end may still be truncated.
  public var keepUnreplicatedTransactions = false
  /// An aborted transaction is listed even if it started in an earlier segment (KIP-98). Without this, readers get what it wrote before the log
  /// rolled. An injected fault.
  public var listAbortedAcrossSegments = true
  /// A sync covers the name of a new segment too. Without this a segment that was written to the platter may have no name there: after a power loss it
  /// is gone (KAFKA-3968).
  public var syncSegmentNames = true
  /// The first I/O error takes the log out of use before anything else is appended (KAFKA-7866, KAFKA-10778).
  public var fenceAppendsAfterIOError = true
  /// Recovery checks the checksum of each batch and cuts the log at the first wrong one, such as a batch that a power loss left torn. An injected
  /// fault: Kafka has always checked.
  public var recoveryChecksChecksums = true
  /// A partition's directory belongs to the topic id in its partition.metadata (KIP-516). Without this, its name decides: a broker that was away
  /// takes the records of a deleted topic for those of the one that has its name now.
  public var checkTopicIDs = true

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
      .boolean("listAbortedAcrossSegments", \.listAbortedAcrossSegments), .boolean("syncSegmentNames", \.syncSegmentNames),
      .boolean("fenceAppendsAfterIOError", \.fenceAppendsAfterIOError), .boolean("recoveryChecksChecksums", \.recoveryChecksChecksums),
      .boolean("checkTopicIDs", \.checkTopicIDs),
    ])
}
