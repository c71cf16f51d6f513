import Primitives

/// Switches for duties that Kafka leaves to the application. Each is read in one place, and all are on by default.
public struct ApplicationSwitches: Hashable, Sendable {
  /// After an aborted transaction, sends the consumer back to the offsets that its group has committed. Its positions in memory are those after its last poll:
  /// if it simply polls on, it skips the input of the transaction until a rebalance resets the position (KAFKA-17582).
  public var rewindOnAbort = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ApplicationSwitches>(defaults: ApplicationSwitches(), [.boolean("app.rewindOnAbort", \.rewindOnAbort)])
}
