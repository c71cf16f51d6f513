/// Where a broker stands in its life (KIP-631). Numbers as in Kafka's metric `BrokerState`.
public enum BrokerState: UInt8, Sendable {
  /// Before `start`, and after the end.
  case notRunning = 0
  /// Registering, and catching up with the metadata. Leaves to `recovery`, or to `shuttingDown`.
  case starting = 1
  /// Caught up, but still fenced: nobody sees this broker. Leaves to `running` when the controller unfences it.
  case recovery = 2
  /// Serving. The controller may fence it and unfence it again without leaving this state.
  case running = 3
  /// Waiting until the controller has moved the leaderships elsewhere. Leaves to `shuttingDown`.
  case pendingControlledShutdown = 6
  /// Writing checkpoints and the marker of a clean shutdown. Leaves to `notRunning`.
  case shuttingDown = 7
}
