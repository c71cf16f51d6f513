import Primitives
import Workloads

/// What a scenario expects from its trials.
package struct Expectation: Equatable {
  /// Guarantees that must all be violated.
  package var violates: [String] = []
  /// Guarantees that must hold.
  package var holds: Holds = .none
  /// Occurrences that must have been seen, such as `isr-shrink`.
  package var seen: [String] = []
  /// Occurrences that must not have been seen.
  package var never: [String] = []
  /// The longest time a client may wait while a leader with enough replicas is reachable; nil if it follows from the settings.
  package var availability: Duration?

  /// The expectation of a file without one: everything holds.
  package static var standard: Expectation { Expectation(holds: .all) }

  package enum Holds: Equatable {
    case none
    case all
    /// What settings promise: the others need not hold.
    case promised
    case some([String])
  }
}

extension Expectation {
  package init(_ value: Value) throws {
    var map = try MapReader(value)
    self.init(
      violates: try map.optional("violates") { try $0.oneOrMore { try $0.word(Guarantee.self).rawValue } } ?? [],
      holds: try map.optional("holds") { holds in
        if holds.scalar == "all" { return .all }
        if holds.scalar == "promised" { return .promised }
        return .some(try holds.oneOrMore { try $0.word(Guarantee.self).rawValue })
      } ?? .none,
      seen: try map.optional("seen") { try $0.oneOrMore { try $0.word(Sighting.self).rawValue } } ?? [],
      never: try map.optional("never") { try $0.oneOrMore { try $0.word(Sighting.self).rawValue } } ?? [],
      availability: try map.optional("availability") { value in
        let bound = try value.duration()
        guard bound > .zero else { throw value.error("clients always wait a little", remedy: "Write availability: 20s.") }
        return bound
      })
    try map.finish()
    if self == Expectation() {
      throw value.error("nothing is expected", remedy: "Write holds: all, or violates: [lost-write].")
    }
    if let both = violates.first(where: mustHold) {
      throw value.error("\(both) is to be violated and to hold", remedy: "Leave it out of one of both; next to violates, name those that hold instead of all.")
    }
    if let both = seen.first(where: never.contains) {
      throw value.error("\(both) is to be seen and never to be seen", remedy: "Leave it out of one of both.")
    }
  }
}

extension Expectation {
  private func mustHold(_ guarantee: String) -> Bool {
    switch holds {
    case .none: false
    case .all: true
    case .promised: false
    case .some(let names): names.contains(guarantee)
    }
  }
}
