/// The state of a broker (KIP-631), with the numbers of Kafka's metric `BrokerState`.
public enum BrokerState: UInt8, Sendable {
  /// Before `start`, and after the end.
  case notRunning = 0
  /// Registering, and catching up with the metadata. Becomes `recovery`, or `shuttingDown`.
  case starting = 1
  /// Caught up, but still fenced: clients do not see this broker. Becomes `running` when the controller unfences it.
  case recovery = 2
  /// Serving. The controller may fence and unfence it without a change of this state.
  case running = 3
  /// Waiting until the controller has moved the leaderships elsewhere. Becomes `shuttingDown`.
  case pendingControlledShutdown = 6
  /// Writing checkpoints and the clean-shutdown marker. Becomes `notRunning`.
  case shuttingDown = 7
}
