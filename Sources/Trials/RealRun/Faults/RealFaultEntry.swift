import Primitives

/// An entry of a real schedule, how often it was planned, and how often any part of it succeeded.
struct RealFaultEntry {
  /// A node with what was done to it.
  struct Struck: Equatable {
    var node: RealNode
    var word: String
    var peers: [RealNode]
    var arguments: [RealStrike.Argument]
    var remedy: RealStrike.Remedy?
  }

  let plan: FaultPlan
  /// The random entry that drew it; nil for entries of the file.
  var drawnBy: Int?
  var planned = 1
  var hit = 0
  /// In the order in which they were hit, until the effect is undone: their roles may change meanwhile.
  private(set) var struck: [Struck] = []
  var begun: Instant?
  var ended: Instant?

  init(plan: FaultPlan, drawnBy: Int? = nil) {
    self.plan = plan
    self.drawnBy = drawnBy
  }

  /// Returns the nodes that were hit, and forgets them.
  mutating func takeStruck() -> [Struck] {
    defer { struck = [] }
    return struck
  }

  mutating func addStruck(_ node: RealNode, peers: [RealNode], _ strike: RealStrike) {
    let one = Struck(node: node, word: strike.word, peers: peers, arguments: strike.arguments, remedy: strike.remedy)
    if !struck.contains(where: { $0.node == node && $0.word == one.word }) { struck.append(one) }
  }
}
