/// A regular expression over names of topics, in the syntax of RE2 (KIP-848: brokers resolve the patterns of members, with RE2/J in Kafka). It has to match the
/// whole name.
///
/// Names of topics are ASCII, so what can only match other characters matches nothing. There are no captures to give out, and a match of the whole does not
/// depend on who is greedy. An automaton is walked through, never backtracked: a name takes at most its length times the size of the pattern, which is bounded.
public struct TopicPattern: Sendable {
  /// Kafka has no such bound but that on repetitions. `.{1,249}` takes a quarter of it.
  public static let maximumSize = 2_000

  public struct Fault: Error, Equatable, Sendable {
    public let reason: String
  }

  private let program: [PatternStep]

  public init(_ pattern: String) throws(Fault) {
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

/// A step of the automaton. Where nothing else is said, the next one follows.
enum PatternStep: Sendable {
  case take(ByteSet)
  /// Goes on at both places.
  case fork(Int, Int)
  case jump(Int)
  /// Goes on only where it holds.
  case require(PatternPosition)
  case accept
}

/// What can be asked of a place between two characters.
enum PatternPosition: Sendable {
  case begin, end, wordBoundary, noWordBoundary

  func holds(at index: Int, of bytes: [UInt8]) -> Bool {
    switch self {
    case .begin: index == 0
    case .end: index == bytes.count
    case .wordBoundary: Self.isBoundary(index, bytes)
    case .noWordBoundary: !Self.isBoundary(index, bytes)
    }
  }

  private static func isBoundary(_ index: Int, _ bytes: [UInt8]) -> Bool {
    (index > 0 && ByteSet.word.contains(bytes[index - 1])) != (index < bytes.count && ByteSet.word.contains(bytes[index]))
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

/// A set of ASCII characters.
struct ByteSet: Sendable, Equatable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  static let empty = ByteSet()
  static let all = ByteSet(0...127)
  static let digit = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let lower = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
  static let upper = ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
  static let letter = lower.union(upper)
  static let word = letter.union(digit).union(ByteSet(UInt8(ascii: "_")...UInt8(ascii: "_")))
  static let space = ByteSet([9, 10, 12, 13, 32])

  init() {}

  init(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

  init(_ bytes: [UInt8]) { for byte in bytes { insert(byte) } }

  /// Those of a range of characters that are ASCII.
  init(scalars range: ClosedRange<UInt32>) {
    self.init()
    if range.lowerBound > 127 { return }
    for byte in UInt8(range.lowerBound)...UInt8(min(127, range.upperBound)) { insert(byte) }
  }

  func contains(_ byte: UInt8) -> Bool { byte < 64 ? low >> byte & 1 == 1 : byte < 128 && high >> (byte - 64) & 1 == 1 }

  mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << byte } else if byte < 128 { high |= 1 << (byte - 64) }
  }

  func union(_ other: ByteSet) -> ByteSet {
    var set = self
    set.low |= other.low
    set.high |= other.high
    return set
  }

  var inverted: ByteSet {
    var set = self
    set.low = ~low
    set.high = ~high
    return set
  }

  /// With both cases of each letter.
  var caseFolded: ByteSet {
    var set = self
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(byte) || contains(byte - 32) {
      set.insert(byte)
      set.insert(byte - 32)
    }
    return set
  }
}
