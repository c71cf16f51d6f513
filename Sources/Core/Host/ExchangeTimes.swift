import Primitives

/// When a request and its response passed each station on their way, for measurements alone.
///
/// The instants are in order where the exchange is over: the time between two neighbours belongs to one station, so the differences add up
/// to the whole without a rest. Those that have not come yet are `.distantFuture`. The world that made the object goes on filling it in: who
/// keeps one finds it complete at the end of the run, also of a request that nobody answers.
public final class ExchangeTimes {
  /// The sender's handler that asked began its work.
  public var asked = Instant.distantFuture
  /// The sender's work was done: the request was handed to its network card.
  public var left = Instant.distantFuture
  /// The whole request was there.
  public var arrived = Instant.distantFuture
  /// The receiver took it up: its processor was free, and the former request of the connection was answered.
  public var begun = Instant.distantFuture
  /// The receiver's processor was done with it.
  public var worked = Instant.distantFuture
  /// Of the time from `begun` to `worked`: what went by waiting for the disk.
  public var diskWait = Duration.zero
  /// The handler that answered began its work. The same as `worked` where nothing had to be waited for.
  public var answered = Instant.distantFuture
  /// The response was handed to the receiver's network card.
  public var answerLeft = Instant.distantFuture
  /// The whole response was there.
  public var answerArrived = Instant.distantFuture
  /// The asker's processor took the response up.
  public var answerBegun = Instant.distantFuture

  public init() {}
}

/// What only the parts of a node know of an exchange, and tell their host for its `ExchangeTimes`.
public enum ExchangeStep: Sendable {
  /// A server begins with the request of this correlation id, which may have waited behind others of its connection.
  case takenUp(correlationID: Int32)
  /// The request sent last will have no response.
  case sentWithoutResponse
}
