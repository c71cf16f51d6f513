/// What was told of since the last look, each thing once, in the order in which it was told of first.
struct EachOnce<Thing: Equatable> {
  private var things: [Thing] = []

  var isEmpty: Bool { things.isEmpty }

  mutating func add(_ thing: Thing) { if !things.contains(thing) { things.append(thing) } }

  /// Hands over everything, and forgets it.
  mutating func take(_ body: (Thing) -> Void) {
    for thing in things { body(thing) }
    things.removeAll(keepingCapacity: true)
  }
}
