import Primitives

/// Which of the rules that were once missing from consumers are in force. Each is read at one place, and all are as in Kafka 4.3 where nothing is said.
public struct ConsumerSwitches: Hashable, Sendable {
  /// A coordinator that is still loading is asked again what was committed (KAFKA-5600 and its like: a client that takes it for "nothing" begins anew).
  public var retryOnLoadInProgress = true
  /// A position is checked against the log of a new leader (KIP-320).
  public var validatePosition = true
  /// A subscription tells the generation in which its member owned what it says it owns (KIP-792).
  public var sendGenerationInSubscription = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ConsumerSwitches>(
    defaults: ConsumerSwitches(),
    [
      .boolean("client.retryOnLoadInProgress", \.retryOnLoadInProgress), .boolean("client.validatePosition", \.validatePosition),
      .boolean("sendGenerationInSubscription", \.sendGenerationInSubscription),
    ])
}
