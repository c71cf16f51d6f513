import Primitives

/// When a request and its response passed each station on their way, for measurements alone.
///
/// The instants are in order where the exchange is over: the time between two neighbours belongs to one station, so the differences add up
/// to the whole without a rest. Those that have not come yet are `.distantFuture`.
public struct ExchangeTimes: Sendable, Equatable {
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
  /// The handler that answered began its work. The same as `begun` where nothing had to be waited for.
  public var answered = Instant.distantFuture
  /// The response was handed to the receiver's network card.
  public var answerLeft = Instant.distantFuture
  /// The whole response was there.
  public var answerArrived = Instant.distantFuture
  /// The asker's processor took the response up.
  public var answerBegun = Instant.distantFuture

  public init() {}
}
