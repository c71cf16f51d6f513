import Primitives

/// A broker's replication settings, with Kafka's defaults.
public struct ReplicationConfiguration: Equatable, Sendable {
  /// An ISR member that has not caught up for this long is taken out; looked at twice in this time.
  public var replicaLagTimeMax = Duration.seconds(30)
  /// At most this much of one partition in a response to a follower, apart from a first batch that is larger.
  public var replicaFetchMaxBytes: Int32 = 1_048_576
  /// At most this much in one response to a follower.
  public var replicaFetchResponseMaxBytes: Int32 = 10_485_760
  public var replicaFetchMinBytes: Int32 = 1
  /// How long a leader may keep a follower's fetch that has nothing to carry.
  public var replicaFetchWaitMax = Duration.milliseconds(500)
  /// How long a follower leaves a partition alone after an error.
  public var replicaFetchBackoff = Duration.seconds(1)
  /// How long a follower waits for a leader's response.
  public var replicaSocketTimeout = Duration.seconds(30)
  /// At most this much in any fetch response, whoever asks.
  public var fetchMaxBytes: Int32 = 57_671_680
  /// Fetch sessions that this broker remembers (KIP-227).
  public var fetchSessionCacheSlots = 1000
  public var replicaSelector = ReplicaSelector.leader

  public init() {}

  public static let table = ConfigurationTable(defaults: ReplicationConfiguration(), [
    .milliseconds("replica.lag.time.max.ms", \.replicaLagTimeMax, in: 1 ... .max),
    .integer("replica.fetch.max.bytes", \.replicaFetchMaxBytes, in: 0 ... .max),
    .integer("replica.fetch.response.max.bytes", \.replicaFetchResponseMaxBytes, in: 0 ... .max),
    .integer("replica.fetch.min.bytes", \.replicaFetchMinBytes),
    .milliseconds("replica.fetch.wait.max.ms", \.replicaFetchWaitMax, kind: .int),
    .milliseconds("replica.fetch.backoff.ms", \.replicaFetchBackoff, kind: .int),
    .milliseconds("replica.socket.timeout.ms", \.replicaSocketTimeout, in: 1 ... .max, kind: .int),
    .integer("fetch.max.bytes", \.fetchMaxBytes, in: 1024 ... .max),
    .integer("max.incremental.fetch.session.cache.slots", \.fetchSessionCacheSlots, in: 0 ... .max),
    .choice("replica.selector.class", \.replicaSelector, kind: .class),
  ])
}

/// Which replica a consumer is sent to that names its rack (KIP-392).
public enum ReplicaSelector: String, CaseIterable, Sendable {
  /// Always the leader; Kafka's name for it is no class at all.
  case leader = ""
  /// The most caught up replica in the consumer's rack, the leader first.
  case rackAware = "org.apache.kafka.common.replica.RackAwareReplicaSelector"
}
