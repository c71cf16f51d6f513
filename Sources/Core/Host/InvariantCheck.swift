/// A check of what must hold in a node's state between two events.
///
/// A type with state has a method `checkInvariants(_ check: inout InvariantCheck)`, which states in `require` what must hold and passes the check on
/// to its parts. The method changes nothing that the node acts on, reads only memory, and is called only when checks are on. A violation is reported
/// as text, with the values; nothing traps.
///
/// A full check covers everything. A partial check covers only one element of each list of similar parts (`each`), in rotation, so that it costs the
/// same however many there are: a partial check after every event soon covers all of them.
///
/// What takes lists is inlinable: checks are half of what a checked trial does, and a build that does not optimise across modules would look up the types of every list each time.
public struct InvariantCheck {
  /// The violations, as text.
  public private(set) var broken: [String] = []
  /// How many conditions were checked.
  public private(set) var examined = 0
  /// The number of a partial check; nil in a full one.
  @usableFromInline var turn: UInt64?

  /// Makes a check of everything.
  public init() {}

  /// Makes a check of one element of each list of parts. Turns count from 0.
  public init(turn: UInt64) { self.turn = turn }

  public var isWhole: Bool { turn == nil }

  /// Records `words` as a violation if the condition does not hold.
  public mutating func require(_ holds: Bool, _ words: @autoclosure () -> String) {
    examined += 1
    if !holds { broken.append(words()) }
  }

  /// Checks all of some similar parts, or the one whose turn it is. Lists within the parts rotate on their own.
  @inlinable
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
  /// Requires a condition of every two neighbours in a list.
  @inlinable
  public mutating func requireOrder<Parts: RandomAccessCollection>(
    of parts: Parts, _ fits: (Parts.Element, Parts.Element) -> Bool, _ words: (Parts.Element, Parts.Element) -> String
  ) {
    for (former, next) in zip(parts, parts.dropFirst()) { require(fits(former, next), words(former, next)) }
  }
}
