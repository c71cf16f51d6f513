import Primitives

/// Which rules that consumers once lacked are in force. Each switch is read in one place. By default they are as in Kafka 4.3.
public struct ConsumerSwitches: Hashable, Sendable {
  /// If a coordinator is still loading, the consumer asks again for committed offsets (KAFKA-5600 and similar: a client that takes the error for
  /// "nothing committed" starts over).
  public var retryOnLoadInProgress = true
  /// A position is checked against the log of a new leader (KIP-320).
  public var validatePosition = true
  /// A subscription contains the generation in which its member owned its partitions (KIP-792).
  public var sendGenerationInSubscription = true
  /// If a replica other than the leader reports a position as out of range, the consumer asks the leader (KIP-392).
  public var askLeaderWhenOutOfRange = true
  /// With the cooperative sticky assignor, the claims of a member from an earlier generation count if no other member claims the partition
  /// (KAFKA-14639).
  public var keepFormerClaims = true
  /// Committed offsets that a transaction may still change are not read until it has ended (KIP-447).
  public var requireStable = true
  /// With read_committed, compressed batches of aborted transactions are skipped like any others (librdkafka #3020).
  public var filterAborted = true
  /// A member whose SyncGroup came too late gives up everything before it rejoins. Kafka considered this and decided against it (KAFKA-13419): it
  /// moves partitions unnecessarily.
  public var resetOnSyncError = false
  /// A replica that the leader named is given up at the first error. Before, a consumer asked it until `metadata.max.age.ms` was over, unless it was
  /// missing from the metadata or called the position out of range (KAFKA-14379).
  public var forgetFailingReplica = true
  /// After a fetch without an answer the consumer opens another session: it is unknown what the broker has seen (KIP-227). Without this it goes on as
  /// if the broker had seen it. An injected fault, for which brokers check the epochs of sessions.
  public var reopenFetchSession = true
  /// Topics are known by their ids: one that was deleted and made again is another one, whose epochs start again (KIP-516, KAFKA-12257). Clients from
  /// before know names alone.
  public var useTopicIDs = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ConsumerSwitches>(
    defaults: ConsumerSwitches(),
    [
      .boolean("client.retryOnLoadInProgress", \.retryOnLoadInProgress), .boolean("client.validatePosition", \.validatePosition),
      .boolean("client.askLeaderWhenOutOfRange", \.askLeaderWhenOutOfRange),
      .boolean("sendGenerationInSubscription", \.sendGenerationInSubscription), .boolean("keepFormerClaims", \.keepFormerClaims),
      .boolean("resetOnSyncError", \.resetOnSyncError), .boolean("client.requireStable", \.requireStable),
      .boolean("client.filterAborted", \.filterAborted), .boolean("client.forgetFailingReplica", \.forgetFailingReplica),
      .boolean("client.reopenFetchSession", \.reopenFetchSession), .boolean("client.useTopicIDs", \.useTopicIDs),
    ])
}
