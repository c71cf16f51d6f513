import Primitives

/// One timer for many deadlines, set for the earliest of them.
///
/// Most deadlines are met or moved long before they pass, and a timer for each would cost more than everything else about them. So the owner
/// calls `set` with each new deadline; when the timer runs, it checks which deadlines have passed and which is next. The timer may run when no
/// deadline has passed, but never late.
public final class EarliestTimer {
  private let reactor: Reactor
  @usableFromInline var timer: ScheduledTimer?
  /// When the timer runs; `distantFuture` if it is not set.
  @usableFromInline var instant = Instant.distantFuture
  /// Made once, so that setting the timer allocates no closure.
  private var run: () -> Void = {}

  /// - Parameter body: Runs each time an instant that was set has come. The timer is cancelled when this object is released, so `body` may refer
  /// to the owner without retaining it.
  public init(_ reactor: Reactor, _ body: @escaping () -> Void) {
    self.reactor = reactor
    // Unsafe: `deinit` cancels the timer, and an ordinary unowned reference would be counted at each use.
    run = { [unowned(unsafe) self] in
      timer = nil
      body()
    }
  }

  deinit { reactor.cancel(timer) }

  /// When the timer runs next; nil if it is not set.
  public var due: Instant? { timer == nil ? nil : instant }

  /// Makes sure that the timer runs at an instant, or at once if that has passed. Changes nothing if it runs by then anyway.
  @inlinable
  public func set(at instant: Instant) {
    guard timer == nil || instant < self.instant else { return }
    reset(to: instant)
  }

  @usableFromInline
  func reset(to instant: Instant) {
    reactor.cancel(timer)
    self.instant = instant
    timer = reactor.after(max(.zero, instant - reactor.now), run)
  }

  /// Cancels the timer. It can be set again.
  public func cancel() {
    reactor.cancel(timer)
    timer = nil
  }
}
