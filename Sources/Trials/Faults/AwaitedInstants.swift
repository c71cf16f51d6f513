/// The named instants that are awaited, and the actions to run when they come.
struct AwaitedInstants {
  private var waiting: [(instant: NamedInstant, action: () -> Void)] = []

  var isEmpty: Bool { waiting.isEmpty }

  mutating func add(_ instant: NamedInstant, _ action: @escaping () -> Void) { waiting.append((instant, action)) }

  mutating func removeAll() { waiting = [] }

  /// Removes and returns the actions of instants that have come, in the order in which they were added. Evaluates nothing if nothing is awaited.
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
