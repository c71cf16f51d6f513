/// Compiles a pattern into the steps of an automaton.
struct PatternCompiler {
  /// Kafka limits only repetitions. `.{1,249}` takes a quarter of this.
  private static let maximumSize = 2_000

  private var steps: [PatternStep] = []
  /// Repetitions of nothing make no steps, but still take time.
  private var work = 0

  mutating func program(of node: PatternNode) throws(PatternFault) -> [PatternStep] {
    try add(node)
    try append(.accept)
    return steps
  }

  private mutating func add(_ node: PatternNode) throws(PatternFault) {
    work += 1
    if work > 10 * Self.maximumSize { throw Self.tooLarge }
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

  private mutating func addChoice(_ nodes: [PatternNode]) throws(PatternFault) {
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

  private mutating func addOptional(_ node: PatternNode, times: Int) throws(PatternFault) {
    var forks: [Int] = []
    for _ in 0..<times {
      forks.append(steps.count)
      try append(.fork(0, 0))
      try add(node)
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }

  private mutating func addEndless(_ node: PatternNode) throws(PatternFault) {
    let fork = steps.count
    try append(.fork(0, 0))
    try add(node)
    try append(.jump(fork))
    steps[fork] = .fork(fork + 1, steps.count)
  }

  private mutating func append(_ step: PatternStep) throws(PatternFault) {
    if steps.count >= Self.maximumSize { throw Self.tooLarge }
    steps.append(step)
  }

  private static let tooLarge = PatternFault(reason: "expression is larger than \(maximumSize) steps")
}
