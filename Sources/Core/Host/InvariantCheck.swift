/// A look at what must hold of a node's state between two events.
///
/// A type that bears state has a method `checkInvariants(_ check: inout InvariantCheck)`, which states in `require` what must hold of it and hands its
/// parts on. It changes nothing that the node acts by, reads nothing but memory, and is never called where nobody checks. What does not hold is told in
/// words, with the values; nothing traps.
///
/// A whole look sees everything. A partial one sees of each list of like parts (`each`) only one, in turn, so that it costs the same however many there
/// are: who looks after every event has soon seen all of them.
public struct InvariantCheck {
  /// What does not hold, in words.
  public private(set) var broken: [String] = []
  /// How much was required.
  public private(set) var examined = 0
  /// The number of a partial look; nil in a whole one.
  private var turn: UInt64?

  /// A look at everything.
  public init() {}

  /// A look at one of each list of parts. Turns count from 0.
  public init(turn: UInt64) { self.turn = turn }

  public var isWhole: Bool { turn == nil }

  /// Notes `words` where something does not hold.
  public mutating func require(_ holds: Bool, _ words: @autoclosure () -> String) {
    examined += 1
    if !holds { broken.append(words()) }
  }

  /// Looks at all of some like parts, or at the one whose turn it is. Lists within the parts have turns of their own.
  public mutating func each<Parts: RandomAccessCollection>(of parts: Parts, _ look: (Parts.Element, inout InvariantCheck) -> Void) {
    guard let turn else {
      for part in parts { look(part, &self) }
      return
    }
    let count = UInt64(parts.count)
    guard count > 0 else { return }
    self.turn = turn / count
    look(parts[parts.index(parts.startIndex, offsetBy: Int(turn % count))], &self)
    self.turn = turn
  }
}

extension InvariantCheck {
  /// Each of two neighbours of a list fits the other.
  public mutating func requireOrder<Parts: RandomAccessCollection>(
    of parts: Parts, _ fits: (Parts.Element, Parts.Element) -> Bool, _ words: (Parts.Element, Parts.Element) -> String
  ) {
    for (former, next) in zip(parts, parts.dropFirst()) { require(fits(former, next), words(former, next)) }
  }
}
