/// What is to be done at one node, or for all of them.
struct NodeOrder {
  enum Purpose: Equatable {
    /// An entry of the schedule acts; `strike` is one time that it does.
    case strike(Int, strike: Int)
    /// What was done is taken back.
    case remedy
    /// Everything is mended; `entry` is the one that asked for it. Steps run one after another.
    case heal(entry: Int?, strike: Int, step: Int)
  }

  var word: String
  /// nil of what is about no node.
  var node: RealNode?
  var purpose: Purpose
  var task: RealTask

  /// Whether one has to wait for the other: both are about one node, or one mends what the other may be doing.
  func conflicts(with other: NodeOrder) -> Bool {
    switch (purpose, other.purpose) {
    case (.heal(_, let strike, let step), .heal(_, let otherStrike, let otherStep)) where strike == otherStrike && step == otherStep: node == nil || node == other.node
    case (.heal, _), (_, .heal): true
    case (.strike, .strike), (.strike, .remedy), (.remedy, .strike), (.remedy, .remedy): node == other.node
    }
  }
}

/// Orders in the order in which they came: each begins when nothing before it is in its way.
struct OrderQueue {
  private var waiting: [NodeOrder] = []
  private var running: [(order: NodeOrder, task: any RunningTask)] = []

  var isEmpty: Bool { waiting.isEmpty && running.isEmpty }

  mutating func append(_ order: NodeOrder) { waiting.append(order) }

  /// Whether something is to be done at a node.
  func holds(_ node: RealNode) -> Bool { all.contains { $0.node == node } }

  /// Nodes at which one of these words is to be carried out.
  func nodes(of words: [String]) -> [RealNode] {
    var nodes: [RealNode] = []
    for order in all where words.contains(order.word) {
      if let node = order.node, !nodes.contains(node) { nodes.append(node) }
    }
    return nodes
  }

  private var all: [NodeOrder] { running.map(\.order) + waiting }

  /// Takes out what has ended.
  mutating func poll() -> [(order: NodeOrder, ending: TaskEnding)] {
    var ended: [(order: NodeOrder, ending: TaskEnding)] = []
    running.removeAll { entry in
      guard let ending = entry.task.poll() else { return false }
      ended.append((entry.order, ending))
      return true
    }
    return ended
  }

  /// Begins what can begin.
  mutating func begin(_ begin: (NodeOrder) -> any RunningTask) {
    var left: [NodeOrder] = []
    for order in waiting {
      let isHeldUp = running.contains { $0.order.conflicts(with: order) } || left.contains { $0.conflicts(with: order) }
      if isHeldUp { left.append(order) } else { running.append((order, begin(order))) }
    }
    waiting = left
  }
}
