import Primitives

/// One timer for many deadlines, set for the earliest of them.
///
/// Most deadlines are met or moved long before they come, and a timer for each would cost more than everything else about them. So the owner
/// names each deadline as it comes up (`set`), and looks when the timer runs which of them are over and which is the next. It may run in vain,
/// but never late.
public final class EarliestTimer {
  private let reactor: Reactor
  @usableFromInline var timer: ScheduledTimer?
  /// When the timer runs, where there is one.
  @usableFromInline var instant = Instant.distantFuture
  /// Made once: setting the timer allocates no closure.
  private var run: () -> Void = {}

  /// - Parameter body: runs each time an instant that was set has come. The timer is taken back when this object goes, so it may name its owner
  ///   without a reference that counts.
  public init(_ reactor: Reactor, _ body: @escaping () -> Void) {
    self.reactor = reactor
    // Unsafe: `deinit` takes the timer back, and an ordinary unowned reference is counted at each use.
    run = { [unowned(unsafe) self] in
      timer = nil
      body()
    }
  }

  deinit { reactor.cancel(timer) }

  /// When the timer runs next; nil where it is not set.
  public var due: Instant? { timer == nil ? nil : instant }

  /// Sees to it that the timer runs at an instant, or at once where that is over. Nothing changes where it runs by then in any case.
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

  /// Takes the timer back. It can be set again.
  public func cancel() {
    reactor.cancel(timer)
    timer = nil
  }
}
