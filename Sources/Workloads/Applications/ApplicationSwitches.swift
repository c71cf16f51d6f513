import Primitives

/// Which of the things that applications have to do by themselves they do. Each is read at one place, and all are done where nothing is said.
public struct ApplicationSwitches: Hashable, Sendable {
  /// Behind an aborted transaction a consumer is sent back to the offsets that its group has committed. The positions that it has in memory are those of what it polled:
  /// who polls on passes over the input of the transaction, until a rebalance sends somebody back (KAFKA-17582).
  public var rewindOnAbort = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ApplicationSwitches>(defaults: ApplicationSwitches(), [.boolean("app.rewindOnAbort", \.rewindOnAbort)])
}
