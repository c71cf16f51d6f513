import Primitives

/// What looks at the invariants of nodes have come to.
public struct InvariantFindings: Sendable {
  /// What does not hold of a node's state after an event.
  public struct Broken: Sendable, Equatable {
    public let time: Instant
    public let node: NodeIndex
    public let words: String
  }

  /// How much was required of all nodes.
  public internal(set) var examined = 0
  /// Each once, in the order in which they were found; at most `most`.
  public private(set) var broken: [Broken] = []

  /// After so many nothing more is looked at: what is broken stays broken, and breaks more.
  public static let most = 20

  public var isFull: Bool { broken.count >= Self.most }

  /// Returns whether that is news.
  mutating func add(_ words: String, of node: NodeIndex, at time: Instant) -> Bool {
    guard !isFull, !broken.contains(where: { $0.node == node && $0.words == words }) else { return false }
    broken.append(Broken(time: time, node: node, words: words))
    return true
  }
}
