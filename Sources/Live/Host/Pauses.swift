import NIOConcurrencyHelpers

/// The pause of a host, if there is one: a gate at which its thread waits.
final class Pauses: Sendable {
  /// Opens once, when the pause is over.
  final class Gate: Sendable {
    private let isOpen = ConditionLock(value: false)

    func wait() {
      isOpen.lock(whenValue: true)
      isOpen.unlock()
    }

    fileprivate func open() {
      isOpen.lock()
      isOpen.unlock(withValue: true)
    }
  }

  private enum State {
    case none
    case paused(Gate)
    case killed
  }

  private let state = NIOLockedValueBox(State.none)

  /// Begins a pause; nil if the host is paused already, or was killed.
  func begin() -> Gate? {
    state.withLockedValue { state in
      guard case .none = state else { return nil }
      let gate = Gate()
      state = .paused(gate)
      return gate
    }
  }

  func resume() { end(leaving: .none) }

  /// Ends the pause, because the host was killed.
  func kill() { end(leaving: .killed) }

  var areKilled: Bool { state.withLockedValue { if case .killed = $0 { true } else { false } } }

  private func end(leaving next: State) {
    state.withLockedValue { state in
      switch state {
      case .none: state = next
      case .paused(let gate):
        state = next
        gate.open()
      case .killed: break
      }
    }
  }
}
