import Primitives

/// The results of checking the invariants of nodes.
public struct InvariantFindings: Sendable {
  /// An invariant of a node's state that did not hold after an event.
  public struct Broken: Sendable, Equatable {
    public let time: Instant
    public let node: NodeIndex
    public let words: String
  }

  /// The number of conditions checked on all nodes.
  public internal(set) var examined = 0
  /// Each broken invariant once, in the order in which they were found; at most `most`.
  public private(set) var broken: [Broken] = []

  /// After this number nothing more is checked: a broken state stays broken, and breaks more.
  public static let most = 20

  public var isFull: Bool { broken.count >= Self.most }

  /// Returns whether the finding is new.
  mutating func add(_ words: String, of node: NodeIndex, at time: Instant) -> Bool {
    guard !isFull, !broken.contains(where: { $0.node == node && $0.words == words }) else { return false }
    broken.append(Broken(time: time, node: node, words: words))
    return true
  }
}
