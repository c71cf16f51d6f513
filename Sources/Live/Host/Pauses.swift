import NIOConcurrencyHelpers

/// The pause of a host, if it has one: a gate at which its thread waits.
final class Pauses: Sendable {
  enum End: Int, Sendable { case none, resumed, killed }

  /// One pause, from its begin to its end.
  final class Pause: Sendable {
    private let end = ConditionLock(value: false)
    private let how = NIOLockedValueBox(End.none)

    /// The first end counts.
    func finish(_ how: End) {
      self.how.withLockedValue { if $0 == .none { $0 = how } }
      end.lock()
      end.unlock(withValue: true)
    }

    func wait() -> End {
      end.lock(whenValue: true)
      end.unlock()
      return how.withLockedValue { $0 }
    }
  }

  private let current = NIOLockedValueBox<Pause?>(nil)
  private let isOver = NIOLockedValueBox(false)

  /// nil where the host is paused already, or was killed.
  func begin() -> Pause? {
    guard !isOver.withLockedValue({ $0 }) else { return nil }
    return current.withLockedValue { pause in
      guard pause == nil else { return nil }
      pause = Pause()
      return pause
    }
  }

  func resume() { take()?.finish(.resumed) }

  /// The host was killed: nobody waits any more.
  func end() {
    isOver.withLockedValue { $0 = true }
    take()?.finish(.killed)
  }

  private func take() -> Pause? {
    current.withLockedValue { pause in
      defer { pause = nil }
      return pause
    }
  }
}
