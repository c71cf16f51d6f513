/// Something to do at one node, or for all of them.
struct NodeOrder {
  enum Purpose: Equatable {
    /// An entry of the schedule acts; `strike` numbers its repetitions.
    case strike(Int, strike: Int)
    /// An effect is undone.
    case remedy
    /// Everything is repaired; `entry` is the one that asked for it. Steps run one after another.
    case heal(entry: Int?, strike: Int, step: Int)
  }

  var word: String
  /// nil if it is about no single node.
  var node: RealNode?
  var purpose: Purpose
  var task: RealTask

  /// Whether one has to wait for the other: both are about one node, or one repairs what the other may be doing.
  func conflicts(with other: NodeOrder) -> Bool {
    switch (purpose, other.purpose) {
    case (.heal(_, let strike, let step), .heal(_, let otherStrike, let otherStep)) where strike == otherStrike && step == otherStep: node == nil || node == other.node
    case (.heal, _), (_, .heal): true
    case (.strike, .strike), (.strike, .remedy), (.remedy, .strike), (.remedy, .remedy): node == other.node
    }
  }
}

/// Orders in the order in which they came: each starts when no earlier one conflicts with it.
struct OrderQueue {
  private var waiting: [NodeOrder] = []
  private var running: [(order: NodeOrder, task: any RunningTask)] = []

  var isEmpty: Bool { waiting.isEmpty && running.isEmpty }

  mutating func append(_ order: NodeOrder) { waiting.append(order) }

  /// Whether there is an order for a node.
  func holds(_ node: RealNode) -> Bool { all.contains { $0.node == node } }

  /// The nodes at which one of these words will be carried out.
  func nodes(of words: [String]) -> [RealNode] {
    var nodes: [RealNode] = []
    for order in all where words.contains(order.word) {
      if let node = order.node, !nodes.contains(node) { nodes.append(node) }
    }
    return nodes
  }

  private var all: [NodeOrder] { running.map(\.order) + waiting }

  /// Removes and returns what has ended.
  mutating func poll() -> [(order: NodeOrder, ending: TaskEnding)] {
    var ended: [(order: NodeOrder, ending: TaskEnding)] = []
    running.removeAll { entry in
      guard let ending = entry.task.poll() else { return false }
      ended.append((entry.order, ending))
      return true
    }
    return ended
  }

  /// Starts what can start.
  mutating func begin(_ begin: (NodeOrder) -> any RunningTask) {
    var left: [NodeOrder] = []
    for order in waiting {
      let isHeldUp = running.contains { $0.order.conflicts(with: order) } || left.contains { $0.conflicts(with: order) }
      if isHeldUp { left.append(order) } else { running.append((order, begin(order))) }
    }
    waiting = left
  }
}
