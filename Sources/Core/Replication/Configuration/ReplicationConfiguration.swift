import Primitives

/// A broker's replication settings, with Kafka's defaults.
public struct ReplicationConfiguration: Equatable, Sendable {
  /// An ISR member that has not caught up for this long is removed; checked twice in this time.
  public var replicaLagTimeMax = Duration.seconds(30)
  /// The limit for one partition in a response to a follower, except for a first batch that is larger, in bytes.
  public var replicaFetchMaxBytes: Int32 = 1_048_576
  /// The limit for one response to a follower, in bytes.
  public var replicaFetchResponseMaxBytes: Int32 = 10_485_760
  public var replicaFetchMinBytes: Int32 = 1
  /// How long a leader may hold a follower's fetch for which it has nothing.
  public var replicaFetchWaitMax = Duration.milliseconds(500)
  /// How long a follower does not fetch a partition after an error.
  public var replicaFetchBackoff = Duration.seconds(1)
  /// How long a follower waits for a leader's response.
  public var replicaSocketTimeout = Duration.seconds(30)
  /// The limit for any fetch response, for all clients, in bytes.
  public var fetchMaxBytes: Int32 = 57_671_680
  /// The number of fetch sessions that this broker remembers (KIP-227).
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

/// Which replica a consumer that names its rack should read from (KIP-392).
public enum ReplicaSelector: String, CaseIterable, Sendable {
  /// Always the leader; in Kafka the setting is then empty.
  case leader = ""
  /// The most caught-up replica in the consumer's rack, the leader first.
  case rackAware = "org.apache.kafka.common.replica.RackAwareReplicaSelector"
}
