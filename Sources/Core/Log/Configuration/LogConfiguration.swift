import Primitives

/// The settings of one topic's logs, under Kafka's topic-level names and with the defaults of 4.3.
///
/// It includes the topic's settings for compaction and replication, because a topic has only one set of settings.
public struct LogConfiguration: Hashable, Sendable {
  public var segmentBytes: Int32 = 1 << 30
  public var segmentAge = Duration.seconds(604_800)
  public var segmentJitter = Duration.zero
  /// The maximum size of an offset or time index in bytes. A full index makes the segment roll.
  public var segmentIndexBytes: Int32 = 10_485_760
  public var indexIntervalBytes: Int32 = 4096

  public var cleanupPolicy = CleanupPolicy.delete
  /// Nil keeps records regardless of size.
  public var retentionBytes: Int64?
  /// Nil keeps records forever.
  public var retention: Duration? = .seconds(604_800)
  public var fileDeleteDelay = Duration.seconds(60)
  public var deleteRetention = Duration.seconds(86_400)
  public var minCleanableDirtyRatio = 0.5
  public var minCompactionLag = Duration.zero
  public var maxCompactionLag = Duration.forever

  /// A sync starts as soon as this many records are unsynced.
  public var flushMessages = Int64.max
  public var flushInterval = Duration.forever

  public var maxMessageBytes: Int32 = 1_048_588
  public var messageTimestampType = MessageTimestampType.createTime
  /// How far a record's timestamp may be behind the broker's clock.
  public var messageTimestampBeforeMax = Duration.forever
  /// How far a record's timestamp may be ahead of the broker's clock.
  public var messageTimestampAfterMax = Duration.seconds(3600)

  public var compressionType = TopicCompression.producer
  public var gzipLevel: Int32 = -1
  public var lz4Level: Int32 = 9
  public var zstdLevel: Int32 = 3

  public var minInsyncReplicas: Int32 = 1
  public var isUncleanLeaderElectionEnabled = false

  public init() {}
}

/// `cleanup.policy`: a set of up to two words. The empty set keeps everything.
public struct CleanupPolicy: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let delete = CleanupPolicy(rawValue: 1)
  public static let compact = CleanupPolicy(rawValue: 2)

  init?(_ words: [String]) {
    self = []
    for word in words {
      switch word {
      case "delete": insert(.delete)
      case "compact": insert(.compact)
      default: return nil
      }
    }
  }

  var words: String {
    [contains(.compact) ? "compact" : nil, contains(.delete) ? "delete" : nil].compactMap { $0 }.joined(separator: ",")
  }
}

/// `message.timestamp.type`, with the setting's own words.
public enum MessageTimestampType: String, CaseIterable, Sendable {
  case createTime = "CreateTime"
  case logAppendTime = "LogAppendTime"
}

/// `compression.type` of a topic: each producer's own codec, or one codec for everything.
public enum TopicCompression: String, CaseIterable, Sendable {
  case uncompressed, zstd, lz4, snappy, gzip, producer
}
