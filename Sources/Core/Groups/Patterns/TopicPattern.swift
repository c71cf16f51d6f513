/// A regular expression over names of topics, in the syntax of RE2 (KIP-848: brokers resolve the patterns of members, with RE2/J in Kafka). It has to match the
/// whole name.
///
/// Names of topics are ASCII, so what can only match other characters matches nothing. There are no captures to give out, and a match of the whole does not
/// depend on who is greedy. An automaton is walked through, never backtracked: a name takes at most its length times the size of the pattern, which is bounded.
public struct TopicPattern: Sendable {
  private let program: [PatternStep]

  public init(_ pattern: String) throws(PatternFault) {
    var parser = PatternParser(pattern)
    var compiler = PatternCompiler()
    program = try compiler.program(of: try parser.parse())
  }

  public func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    var states = PatternStates(size: program.count)
    states.follow(0, in: program, at: 0, of: bytes)
    var next = PatternStates(size: program.count)
    for (index, byte) in bytes.enumerated() {
      next.clear()
      for state in states.list {
        if case .take(let set) = program[state], set.contains(byte) { next.follow(state + 1, in: program, at: index + 1, of: bytes) }
      }
      if next.list.isEmpty { return false }
      swap(&states, &next)
    }
    return states.list.contains { if case .accept = program[$0] { true } else { false } }
  }
}

/// The places in which an automaton is at once, each once.
private struct PatternStates {
  private(set) var list: [Int] = []
  private var isIn: [Bool]
  private var pending: [Int] = []

  init(size: Int) { isIn = Array(repeating: false, count: size) }

  mutating func clear() {
    for state in list { isIn[state] = false }
    list.removeAll(keepingCapacity: true)
  }

  /// Takes in a step and all that is reached from it without taking a character.
  mutating func follow(_ step: Int, in program: [PatternStep], at index: Int, of bytes: [UInt8]) {
    pending.append(step)
    while let step = pending.popLast() {
      if isIn[step] { continue }
      isIn[step] = true
      list.append(step)
      switch program[step] {
      case .take, .accept: break
      case .fork(let first, let second): pending += [second, first]
      case .jump(let target): pending.append(target)
      case .require(let position): if position.holds(at: index, of: bytes) { pending.append(step + 1) }
      }
    }
  }
}
