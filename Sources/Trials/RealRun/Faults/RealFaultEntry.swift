import Primitives

/// An entry of a real schedule, how often it was planned, and how often something of it succeeded.
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
  /// The entry of chance that drew it; nil of those that the file holds.
  var drawnBy: Int?
  var planned = 1
  var hit = 0
  /// In the order in which they were struck, until that is taken back: roles move on meanwhile.
  private(set) var struck: [Struck] = []
  var begun: Instant?
  var ended: Instant?

  init(plan: FaultPlan, drawnBy: Int? = nil) {
    self.plan = plan
    self.drawnBy = drawnBy
  }

  /// Those that were struck, which it then forgets.
  mutating func takeStruck() -> [Struck] {
    defer { struck = [] }
    return struck
  }

  mutating func note(struck node: RealNode, peers: [RealNode], _ strike: RealStrike) {
    let one = Struck(node: node, word: strike.word, peers: peers, arguments: strike.arguments, remedy: strike.remedy)
    if !struck.contains(where: { $0.node == node && $0.word == one.word }) { struck.append(one) }
  }
}
