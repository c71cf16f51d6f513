/// Named instants that are waited for, and what is done when they have come.
struct AwaitedInstants {
  private var waiting: [(instant: NamedInstant, action: () -> Void)] = []

  var isEmpty: Bool { waiting.isEmpty }

  mutating func add(_ instant: NamedInstant, _ action: @escaping () -> Void) { waiting.append((instant, action)) }

  mutating func removeAll() { waiting = [] }

  /// Takes out what has come, in the order in which it was added. Nothing is asked where nothing is waited for.
  mutating func take(_ hasCome: (NamedInstant) -> Bool) -> [() -> Void] {
    guard !waiting.isEmpty else { return [] }
    var due: [() -> Void] = []
    waiting.removeAll { entry in
      guard hasCome(entry.instant) else { return false }
      due.append(entry.action)
      return true
    }
    return due
  }
}
