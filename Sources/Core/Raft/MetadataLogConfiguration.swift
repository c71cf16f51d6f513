import Log
import Primitives

/// How the metadata log and its snapshots are kept. Kafka's names, with the defaults of 4.3 (`MetadataLogConfig`).
public struct MetadataLogConfiguration: Hashable, Sendable {
  public var segmentBytes: Int32 = 1 << 30
  public var segmentAge = Duration.seconds(604_800)
  /// Of the log and its snapshots together. Nil keeps them whatever their size. The newest snapshot and what follows it stay in any case.
  public var retentionBytes: Int64? = 100 << 20
  /// Nil keeps snapshots for ever. The newest one stays in any case.
  public var retention: Duration? = .seconds(604_800)
  /// A snapshot is taken after this many bytes of committed batches.
  public var maxBytesBetweenSnapshots: Int64 = 20 << 20
  /// After so long a snapshot is taken, where anything was committed. Zero takes none for its time.
  public var maxSnapshotInterval = Duration.seconds(3_600)

  public init() {}

  public static let table = ConfigurationTable<MetadataLogConfiguration>(
    defaults: MetadataLogConfiguration(),
    [
      .integer("metadata.log.max.record.bytes.between.snapshots", \.maxBytesBetweenSnapshots, in: 1 ... .max),
      .milliseconds("metadata.log.max.snapshot.interval.ms", \.maxSnapshotInterval),
      .integer("metadata.log.segment.bytes", \.segmentBytes, in: 8 << 20 ... .max),
      .milliseconds("metadata.log.segment.ms", \.segmentAge, in: 1 ... .max),
      .optionalInteger("metadata.max.retention.bytes", \.retentionBytes, in: 0 ... .max, none: -1),
      .optionalMilliseconds("metadata.max.retention.ms", \.retention),
    ])

  /// The log by itself deletes no segment for its age or size: what a snapshot holds goes with the older snapshots
  /// (`KafkaMetadataLog.deleteBeforeSnapshot`), and what none holds stays (KAFKA-14238).
  ///
  /// Before, the log's own retention was seven days, whatever was set. Where `isProtected` is false it is that of the
  /// snapshots, which has the same default.
  func logConfiguration(isProtected: Bool) -> LogConfiguration {
    var log = LogConfiguration()
    log.segmentBytes = segmentBytes
    log.segmentAge = segmentAge
    log.retention = isProtected ? nil : retention
    log.retentionBytes = nil
    log.maxMessageBytes = .max
    return log
  }
}
