import Primitives

/// When a request and its response passed each station on their way, for measurements only.
///
/// The instants are in order once the exchange is over: the time between two neighbours belongs to one station, so the differences add up
/// exactly to the whole. Instants that have not come yet are `.distantFuture`. The world that made the object keeps filling it in, so anyone
/// who keeps one finds it complete at the end of the run, even if the request is never answered.
public final class ExchangeTimes {
  /// The sender's handler that made the request started to work.
  public var asked = Instant.distantFuture
  /// The sender's work was done: the request was handed to its network card.
  public var left = Instant.distantFuture
  /// The whole request had arrived.
  public var arrived = Instant.distantFuture
  /// The receiver started on it: its processor was free, and the previous request of the connection was answered.
  public var begun = Instant.distantFuture
  /// The receiver's processor had finished with it.
  public var worked = Instant.distantFuture
  /// The part of the time from `begun` to `worked` that was spent waiting for the disk.
  public var diskWait = Duration.zero
  /// The handler that answered started to work. Equal to `worked` if there was nothing to wait for.
  public var answered = Instant.distantFuture
  /// The response was handed to the responder's network card.
  public var answerLeft = Instant.distantFuture
  /// The whole response had arrived.
  public var answerArrived = Instant.distantFuture
  /// The requester's processor started on the response.
  public var answerBegun = Instant.distantFuture

  public init() {}
}

/// What only the parts of a node know about an exchange, and report to their host for its `ExchangeTimes`.
public enum ExchangeStep: Sendable {
  /// A server starts on the request with this correlation id, which may have waited behind others of its connection.
  case takenUp(correlationID: Int32)
  /// The request sent last, which has this correlation id, gets no response.
  case sentWithoutResponse(correlationID: Int32)
}
