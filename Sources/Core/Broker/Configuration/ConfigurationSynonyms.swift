/// The broker settings that apply to a topic that does not set a value itself, the deciding one first.
///
/// If Kafka has a setting in several units, the coarsest one, which comes last, holds the default.
enum ConfigurationSynonyms {
  /// The broker settings for a topic's setting.
  static func ofTopicSetting(_ name: String) -> [String] { byTopicSetting[name] ?? [] }

  /// A broker setting, and those that apply if it is not set.
  static func ofBrokerSetting(_ name: String) -> [String] {
    for family in families {
      if let position = family.firstIndex(of: name) { return Array(family[position...]) }
    }
    return [name]
  }

  private static let retention = ["log.retention.ms", "log.retention.minutes", "log.retention.hours"]
  private static let roll = ["log.roll.ms", "log.roll.hours"]
  private static let rollJitter = ["log.roll.jitter.ms", "log.roll.jitter.hours"]
  private static let families = [retention, roll, rollJitter]

  /// Only for lookups.
  private static let byTopicSetting: [String: [String]] = [
    "cleanup.policy": ["log.cleanup.policy"],
    "compression.gzip.level": ["compression.gzip.level"],
    "compression.lz4.level": ["compression.lz4.level"],
    "compression.type": ["compression.type"],
    "compression.zstd.level": ["compression.zstd.level"],
    "delete.retention.ms": ["log.cleaner.delete.retention.ms"],
    "file.delete.delay.ms": ["log.segment.delete.delay.ms"],
    "flush.messages": ["log.flush.interval.messages"],
    "flush.ms": ["log.flush.interval.ms"],
    "index.interval.bytes": ["log.index.interval.bytes"],
    "max.compaction.lag.ms": ["log.cleaner.max.compaction.lag.ms"],
    "max.message.bytes": ["message.max.bytes"],
    "message.timestamp.after.max.ms": ["log.message.timestamp.after.max.ms"],
    "message.timestamp.before.max.ms": ["log.message.timestamp.before.max.ms"],
    "message.timestamp.type": ["log.message.timestamp.type"],
    "min.cleanable.dirty.ratio": ["log.cleaner.min.cleanable.ratio"],
    "min.compaction.lag.ms": ["log.cleaner.min.compaction.lag.ms"],
    "min.insync.replicas": ["min.insync.replicas"],
    "retention.bytes": ["log.retention.bytes"],
    "retention.ms": retention,
    "segment.bytes": ["log.segment.bytes"],
    "segment.index.bytes": ["log.index.size.max.bytes"],
    "segment.jitter.ms": rollJitter,
    "segment.ms": roll,
    "unclean.leader.election.enable": ["unclean.leader.election.enable"],
  ]
}
