/// A pattern as it was read.
indirect enum PatternNode: Sendable {
  case set(ByteSet)
  case position(PatternPosition)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// nil: without end.
  case repetition(PatternNode, least: Int, most: Int?)
}

struct PatternCompiler {
  private var steps: [PatternStep] = []
  /// Repetitions of nothing make no steps, and take time all the same.
  private var work = 0

  mutating func program(of node: PatternNode) throws(TopicPattern.Fault) -> [PatternStep] {
    try add(node)
    try append(.accept)
    return steps
  }

  private mutating func add(_ node: PatternNode) throws(TopicPattern.Fault) {
    work += 1
    if work > 10 * TopicPattern.maximumSize { throw Self.tooLarge }
    switch node {
    case .set(let set): try append(.take(set))
    case .position(let position): try append(.require(position))
    case .sequence(let nodes): for node in nodes { try add(node) }
    case .choice(let nodes): try addChoice(nodes)
    case .repetition(let node, let least, let most):
      for _ in 0..<least { try add(node) }
      if let most {
        try addOptional(node, times: most - least)
      } else {
        try addEndless(node)
      }
    }
  }

  private mutating func addChoice(_ nodes: [PatternNode]) throws(TopicPattern.Fault) {
    var exits: [Int] = []
    for (index, node) in nodes.enumerated() {
      if index == nodes.count - 1 {
        try add(node)
        break
      }
      let fork = steps.count
      try append(.fork(fork + 1, fork + 1))
      try add(node)
      exits.append(steps.count)
      try append(.jump(0))
      steps[fork] = .fork(fork + 1, steps.count)
    }
    for exit in exits { steps[exit] = .jump(steps.count) }
  }

  private mutating func addOptional(_ node: PatternNode, times: Int) throws(TopicPattern.Fault) {
    var forks: [Int] = []
    for _ in 0..<times {
      forks.append(steps.count)
      try append(.fork(0, 0))
      try add(node)
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }

  private mutating func addEndless(_ node: PatternNode) throws(TopicPattern.Fault) {
    let fork = steps.count
    try append(.fork(0, 0))
    try add(node)
    try append(.jump(fork))
    steps[fork] = .fork(fork + 1, steps.count)
  }

  private mutating func append(_ step: PatternStep) throws(TopicPattern.Fault) {
    if steps.count >= TopicPattern.maximumSize { throw Self.tooLarge }
    steps.append(step)
  }

  private static let tooLarge = TopicPattern.Fault(reason: "expression is larger than \(TopicPattern.maximumSize) steps")
}
