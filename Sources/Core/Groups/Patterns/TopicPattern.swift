/// A regular expression for topic names, in the syntax of RE2 (KIP-848: brokers resolve the members' patterns, with RE2/J in Kafka). It has to match
/// the whole name.
///
/// Topic names are ASCII, so a pattern for other characters matches nothing. There are no captures, and a match of the whole name does not depend on
/// greediness. The automaton never backtracks: a name takes at most its length times the size of the pattern, which is limited.
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

/// The set of steps that an automaton is in at the same time.
private struct PatternStates {
  private(set) var list: [Int] = []
  private var isIn: [Bool]
  private var pending: [Int] = []

  init(size: Int) { isIn = Array(repeating: false, count: size) }

  mutating func clear() {
    for state in list { isIn[state] = false }
    list.removeAll(keepingCapacity: true)
  }

  /// Adds a step and everything that is reached from it without consuming a character.
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
