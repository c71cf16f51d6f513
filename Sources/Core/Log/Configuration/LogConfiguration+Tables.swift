import Primitives

extension LogConfiguration {
  /// The topic-level names, which CreateTopics and IncrementalAlterConfigs accept for a topic.
  public static let topicTable = ConfigurationTable(defaults: LogConfiguration(), [
    cleanupPolicy("cleanup.policy"),
    .integer("compression.gzip.level", \.gzipLevel, in: -1...9),
    .integer("compression.lz4.level", \.lz4Level, in: 1...17),
    .choice("compression.type", \.compressionType),
    .integer("compression.zstd.level", \.zstdLevel, in: -131_072...22),
    .milliseconds("delete.retention.ms", \.deleteRetention),
    .milliseconds("file.delete.delay.ms", \.fileDeleteDelay),
    .integer("flush.messages", \.flushMessages, in: 1 ... .max),
    .milliseconds("flush.ms", \.flushInterval),
    .integer("index.interval.bytes", \.indexIntervalBytes, in: 0 ... .max),
    .milliseconds("max.compaction.lag.ms", \.maxCompactionLag, in: 1 ... .max),
    .integer("max.message.bytes", \.maxMessageBytes, in: 0 ... .max),
    .milliseconds("message.timestamp.after.max.ms", \.messageTimestampAfterMax),
    .milliseconds("message.timestamp.before.max.ms", \.messageTimestampBeforeMax),
    .choice("message.timestamp.type", \.messageTimestampType),
    .double("min.cleanable.dirty.ratio", \.minCleanableDirtyRatio, in: 0...1),
    .milliseconds("min.compaction.lag.ms", \.minCompactionLag),
    .integer("min.insync.replicas", \.minInsyncReplicas, in: 1 ... .max),
    .optionalInteger("retention.bytes", \.retentionBytes, in: 0 ... .max, none: -1),
    .optionalMilliseconds("retention.ms", \.retention),
    .integer("segment.bytes", \.segmentBytes, in: 1_048_576 ... .max),
    // Kafka's internal name for segments smaller than users may set; Kafka's own tests use it.
    .integer("internal.segment.bytes", \.segmentBytes, in: 14 ... .max),
    .integer("segment.index.bytes", \.segmentIndexBytes, in: 4 ... .max),
    .milliseconds("segment.jitter.ms", \.segmentJitter),
    .milliseconds("segment.ms", \.segmentAge, in: 1 ... .max),
    .boolean("unclean.leader.election.enable", \.isUncleanLeaderElectionEnabled),
  ])

  /// The broker-level names of the same settings: the defaults of topics that do not set them. If Kafka has a setting in several units, the finer
  /// unit comes later in this table and therefore wins.
  public static let brokerTable = ConfigurationTable(defaults: LogConfiguration(), [
    cleanupPolicy("log.cleanup.policy"),
    .integer("compression.gzip.level", \.gzipLevel, in: -1...9),
    .integer("compression.lz4.level", \.lz4Level, in: 1...17),
    .choice("compression.type", \.compressionType),
    .integer("compression.zstd.level", \.zstdLevel, in: -131_072...22),
    .milliseconds("log.cleaner.delete.retention.ms", \.deleteRetention),
    .milliseconds("log.cleaner.max.compaction.lag.ms", \.maxCompactionLag, in: 1 ... .max),
    .double("log.cleaner.min.cleanable.ratio", \.minCleanableDirtyRatio, in: 0...1),
    .milliseconds("log.cleaner.min.compaction.lag.ms", \.minCompactionLag),
    .milliseconds("log.segment.delete.delay.ms", \.fileDeleteDelay),
    .integer("log.flush.interval.messages", \.flushMessages, in: 1 ... .max),
    .milliseconds("log.flush.interval.ms", \.flushInterval),
    .integer("log.index.interval.bytes", \.indexIntervalBytes, in: 0 ... .max),
    .integer("log.index.size.max.bytes", \.segmentIndexBytes, in: 4 ... .max),
    .integer("message.max.bytes", \.maxMessageBytes, in: 0 ... .max),
    .milliseconds("log.message.timestamp.after.max.ms", \.messageTimestampAfterMax),
    .milliseconds("log.message.timestamp.before.max.ms", \.messageTimestampBeforeMax),
    .choice("log.message.timestamp.type", \.messageTimestampType),
    .integer("min.insync.replicas", \.minInsyncReplicas, in: 1 ... .max),
    .optionalInteger("log.retention.bytes", \.retentionBytes, in: 0 ... .max, none: -1),
    optionalTime("log.retention.hours", \.retention, unit: .seconds(3600)),
    optionalTime("log.retention.minutes", \.retention, unit: .seconds(60)),
    .optionalMilliseconds("log.retention.ms", \.retention),
    .integer("log.segment.bytes", \.segmentBytes, in: 1_048_576 ... .max),
    time("log.roll.hours", \.segmentAge, atLeast: 1, unit: .seconds(3600)),
    .milliseconds("log.roll.ms", \.segmentAge, in: 1 ... .max),
    time("log.roll.jitter.hours", \.segmentJitter, atLeast: 0, unit: .seconds(3600)),
    .milliseconds("log.roll.jitter.ms", \.segmentJitter),
    .boolean("unclean.leader.election.enable", \.isUncleanLeaderElectionEnabled),
  ])

  private static func cleanupPolicy(_ name: String) -> Setting<LogConfiguration> {
    Setting(name, kind: .list, expectation: "delete, compact, both, or nothing") { text, configuration in
      guard let policy = CleanupPolicy(text.commaSeparated) else { return false }
      configuration.cleanupPolicy = policy
      return true
    } print: { $0.cleanupPolicy.words }
  }

  private static func time(
    _ name: String, _ property: Property<LogConfiguration, Duration>, atLeast lowest: Int64, unit: Duration
  ) -> Setting<LogConfiguration> {
    Setting(name, kind: .int, expectation: "an integer, at least \(lowest)") { text, configuration in
      guard let count = Int32(text), Int64(count) >= lowest else { return false }
      configuration[keyPath: property] = duration(of: count, unit)
      return true
    } print: { String($0[keyPath: property].nanoseconds / unit.nanoseconds) }
  }

  /// Kafka's retention in coarse units, where every negative number means "forever".
  private static func optionalTime(
    _ name: String, _ property: Property<LogConfiguration, Duration?>, unit: Duration
  ) -> Setting<LogConfiguration> {
    Setting(name, kind: .int, expectation: "an integer; -1 for no limit") { text, configuration in
      guard let count = Int32(text), count >= -1 else { return false }
      configuration[keyPath: property] = count < 0 ? nil : duration(of: count, unit)
      return true
    } print: { $0[keyPath: property].map { String($0.nanoseconds / unit.nanoseconds) } ?? "-1" }
  }

  private static func duration(of count: Int32, _ unit: Duration) -> Duration {
    unit * Int64(count)
  }
}
