import Primitives

/// Which of the rules that were once missing from consumers are in force. Each is read at one place, and all are as in Kafka 4.3 where nothing is said.
public struct ConsumerSwitches: Hashable, Sendable {
  /// A coordinator that is still loading is asked again what was committed (KAFKA-5600 and its like: a client that takes it for "nothing" begins anew).
  public var retryOnLoadInProgress = true
  /// A position is checked against the log of a new leader (KIP-320).
  public var validatePosition = true
  /// A subscription tells the generation in which its member owned what it says it owns (KIP-792).
  public var sendGenerationInSubscription = true
  /// A replica beside the leader that calls a position out of range is not believed: the leader is asked (KIP-392).
  public var askLeaderWhenOutOfRange = true
  /// What a member of an earlier generation says it owns counts with the cooperative sticky assignor where nobody else claims it (KAFKA-14639).
  public var keepFormerClaims = true
  /// Committed offsets that a transaction may still change are not read before it has ended (KIP-447).
  public var requireStable = true
  /// With read_committed, compressed batches of aborted transactions are left out like others (librdkafka #3020).
  public var filterAborted = true
  /// A member whose SyncGroup came too late gives up everything before it joins again. Kafka thought of it and left it (KAFKA-13419): it moves partitions for nothing.
  public var resetOnSyncError = false

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ConsumerSwitches>(
    defaults: ConsumerSwitches(),
    [
      .boolean("client.retryOnLoadInProgress", \.retryOnLoadInProgress), .boolean("client.validatePosition", \.validatePosition),
      .boolean("client.askLeaderWhenOutOfRange", \.askLeaderWhenOutOfRange),
      .boolean("sendGenerationInSubscription", \.sendGenerationInSubscription), .boolean("keepFormerClaims", \.keepFormerClaims),
      .boolean("resetOnSyncError", \.resetOnSyncError), .boolean("client.requireStable", \.requireStable),
      .boolean("client.filterAborted", \.filterAborted),
    ])
}
