/// Parses a regular expression in the syntax of RE2, with RE2's error messages. What RE2 does not have (back-references, lookaround) is refused as in
/// RE2.
struct PatternParser {
  private let text: [UInt32]
  private var index = 0
  private var depth = 0
  private var ignoresCase = false
  /// RE2 accepts 1,000 of each; a broker's stack is too small for that.
  private static let maximumDepth = 250
  private static let maximumRepetition = 1_000

  init(_ pattern: String) { text = pattern.unicodeScalars.map(\.value) }

  mutating func parse() throws(PatternFault) -> PatternNode {
    let node = try choice()
    if index < text.count { throw fault("unexpected )") }
    return node
  }

  private func fault(_ reason: String) -> PatternFault { PatternFault(reason: reason) }

  private var isAtEnd: Bool { index >= text.count }

  private func isNext(_ character: Unicode.Scalar) -> Bool { index < text.count && text[index] == character.value }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    index += 1
    return true
  }

  private mutating func skip(word: String) -> Bool {
    let scalars = word.unicodeScalars.map(\.value)
    guard text[index...].starts(with: scalars) else { return false }
    index += scalars.count
    return true
  }

  private mutating func choice() throws(PatternFault) -> PatternNode {
    depth += 1
    if depth > Self.maximumDepth { throw fault("expression nests too deeply") }
    defer { depth -= 1 }
    var branches = [try sequence()]
    while skip("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternFault) -> PatternNode {
    var nodes: [PatternNode] = []
    while !isAtEnd, !isNext("|"), !isNext(")") {
      if skip(word: "\\Q") {
        quoted(into: &nodes)
        continue
      }
      guard let node = try atom() else { continue }
      nodes.append(try repeated(node))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  /// Reads everything up to `\E`, or to the end, literally.
  private mutating func quoted(into nodes: inout [PatternNode]) {
    while !isAtEnd, !skip(word: "\\E") {
      nodes.append(literal(text[index]))
      index += 1
    }
  }

  private func literal(_ scalar: UInt32) -> PatternNode { .set(folded(ByteSet(scalars: scalar...scalar))) }

  private func folded(_ set: ByteSet) -> ByteSet { ignoresCase ? set.caseFolded : set }

  /// Reads one atom; nil if it only changes how the rest is read.
  private mutating func atom() throws(PatternFault) -> PatternNode? {
    let scalar = text[index]
    switch Unicode.Scalar(scalar) {
    case "(":
      return try group()
    case "[":
      return .set(try characterClass())
    case ".":
      index += 1
      return .set(.all)
    case "^":
      index += 1
      return .position(.begin)
    case "$":
      index += 1
      return .position(.end)
    case "*", "+", "?":
      throw fault("missing argument to repetition operator")
    case "\\":
      return try escape()
    default:
      index += 1
      return literal(scalar)
    }
  }

  private mutating func group() throws(PatternFault) -> PatternNode? {
    index += 1
    let outerCase = ignoresCase
    if skip("?") {
      if skip(word: "P<") || isNext("<") && !nextIsLookBehind {
        _ = skip("<")
        try skipName()
      } else if try flags() {
        return nil
      }
    }
    let node = try choice()
    ignoresCase = outerCase
    guard skip(")") else { throw fault("missing closing )") }
    return node
  }

  private var nextIsLookBehind: Bool { index + 1 < text.count && (text[index + 1] == 0x3d || text[index + 1] == 0x21) }

  /// Skips the name of a group up to its `>`.
  private mutating func skipName() throws(PatternFault) {
    let start = index
    while !isAtEnd, ByteSet.word.contains(UInt8(clamping: text[index])) { index += 1 }
    guard index > start, skip(">") else { throw fault("invalid named capture") }
  }

  /// Reads flags after `(?`, up to `:` or `)`. True if they apply to the rest of the enclosing group.
  private mutating func flags() throws(PatternFault) -> Bool {
    var isOn = true
    while !isAtEnd {
      let flag = Unicode.Scalar(text[index])
      index += 1
      switch flag {
      case "i": ignoresCase = isOn
      case "m", "s", "U": break  // Names have no line ends, and greediness does not matter.
      case "-" where isOn: isOn = false
      case ":": return false
      case ")": return true
      default: throw fault("invalid or unsupported Perl syntax")
      }
    }
    throw fault("missing closing )")
  }

  private mutating func repeated(_ node: PatternNode) throws(PatternFault) -> PatternNode {
    guard let (least, most) = try repetition() else { return node }
    // A lazy repetition matches the same names.
    _ = skip("?")
    if try repetition() != nil { throw fault("invalid nested repetition operator") }
    return .repetition(node, least: least, most: most)
  }

  /// Reads a repetition; nil if none is next: a brace that does not start a repetition stands for itself.
  private mutating func repetition() throws(PatternFault) -> (Int, Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    guard isNext("{") else { return nil }
    let start = index
    index += 1
    guard let least = number() else {
      index = start
      return nil
    }
    var most: Int? = least
    if skip(",") { most = isNext("}") ? nil : number() ?? -1 }
    guard skip("}"), most != -1 else {
      index = start
      return nil
    }
    guard least <= Self.maximumRepetition, most.map({ $0 <= Self.maximumRepetition && $0 >= least }) ?? true else { throw fault("invalid repeat count") }
    return (least, most)
  }

  private mutating func number() -> Int? {
    let start = index
    var value = 0
    while !isAtEnd, ByteSet.digit.contains(UInt8(clamping: text[index])) {
      value = min(Self.maximumRepetition + 1, 10 * value + Int(text[index] - 48))
      index += 1
    }
    return index > start ? value : nil
  }

  private mutating func escape() throws(PatternFault) -> PatternNode {
    guard index + 1 < text.count else { throw fault("trailing backslash at end of expression") }
    let position: PatternPosition? =
      switch Unicode.Scalar(text[index + 1]) {
      case "A": .begin
      case "z": .end
      case "b": .wordBoundary
      case "B": .noWordBoundary
      default: nil
      }
    if let position {
      index += 2
      return .position(position)
    }
    return .set(folded(try escapedSet().set))
  }

  /// Reads a set after a backslash, and its character if it consists of only one.
  private mutating func escapedSet() throws(PatternFault) -> (set: ByteSet, scalar: UInt32?) {
    guard index + 1 < text.count else { throw fault("trailing backslash at end of expression") }
    let scalar = text[index + 1]
    index += 2
    switch Unicode.Scalar(scalar) {
    case "d": return (.digit, nil)
    case "D": return (ByteSet.digit.inverted, nil)
    case "w": return (.word, nil)
    case "W": return (ByteSet.word.inverted, nil)
    case "s": return (.space, nil)
    case "S": return (ByteSet.space.inverted, nil)
    case "p", "P": return (try unicodeClass(isInverted: scalar == 0x50), nil)
    case "a": return single(7)
    case "t": return single(9)
    case "n": return single(10)
    case "v": return single(11)
    case "f": return single(12)
    case "r": return single(13)
    case "x": return single(try hexadecimal())
    case "0": return single(octal())
    default:
      // Punctuation stands for itself; letters and digits have a meaning or are refused.
      guard scalar < 128, !ByteSet.word.contains(UInt8(scalar)) else { throw fault("invalid escape sequence") }
      return single(scalar)
    }
  }

  private func single(_ scalar: UInt32) -> (set: ByteSet, scalar: UInt32?) { (ByteSet(scalars: scalar...scalar), scalar) }

  private mutating func hexadecimal() throws(PatternFault) -> UInt32 {
    let isBraced = skip("{")
    var value: UInt32 = 0
    var digits = 0
    while !isAtEnd, digits < (isBraced ? 8 : 2), let digit = Unicode.Scalar(text[index]).flatMap({ Character($0).hexDigitValue }) {
      value = value &* 16 &+ UInt32(digit)
      digits += 1
      index += 1
    }
    guard isBraced ? digits > 0 && skip("}") : digits == 2, value <= 0x10_ffff else { throw fault("invalid escape sequence") }
    return value
  }

  private mutating func octal() -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<2 where !isAtEnd && (0x30...0x37).contains(text[index]) {
      value = value * 8 + (text[index] - 0x30)
      index += 1
    }
    return value
  }

  /// Reads `\pL`, `\p{Lu}` and the like, as far as they contain ASCII characters.
  private mutating func unicodeClass(isInverted: Bool) throws(PatternFault) -> ByteSet {
    var name = ""
    if skip("{") {
      while !isAtEnd, !isNext("}") {
        name.unicodeScalars.append(Unicode.Scalar(text[index]) ?? "?")
        index += 1
      }
      guard skip("}") else { throw fault("invalid character class range") }
    } else if !isAtEnd {
      name.unicodeScalars.append(Unicode.Scalar(text[index]) ?? "?")
      index += 1
    }
    let isNegated = name.first == "^"
    guard let set = Self.unicodeClasses.first(where: { $0.name == (isNegated ? String(name.dropFirst()) : name) })?.set else {
      throw fault("invalid character class range")
    }
    return isInverted != isNegated ? set.inverted : set
  }

  private static let unicodeClasses: [(name: String, set: ByteSet)] = [
    ("L", .letter), ("Ll", .lower), ("Lu", .upper), ("N", .digit), ("Nd", .digit), ("Latin", .letter), ("Any", .all),
    ("P", ByteSet(Array("!\"#%&'()*,-./:;?@[\\]_{}".utf8))), ("Pc", ByteSet([0x5f])), ("Pd", ByteSet([0x2d])),
    ("Po", ByteSet(Array("!\"#%&'*,./:;?@\\".utf8))), ("Ps", ByteSet(Array("([{".utf8))), ("Pe", ByteSet(Array(")]}".utf8))),
    ("S", ByteSet(Array("$+<=>^`|~".utf8))), ("Z", ByteSet([0x20])), ("Zs", ByteSet([0x20])), ("Greek", .empty), ("Cyrillic", .empty), ("Han", .empty),
  ]

  private static let asciiClasses: [(name: String, set: ByteSet)] = [
    ("alnum", ByteSet.letter.union(.digit)), ("alpha", .letter), ("ascii", .all), ("blank", ByteSet([9, 32])), ("cntrl", ByteSet(0...31).union(ByteSet([127]))),
    ("digit", .digit), ("graph", ByteSet(33...126)), ("lower", .lower), ("print", ByteSet(32...126)),
    ("punct", ByteSet(33...47).union(ByteSet(58...64)).union(ByteSet(91...96)).union(ByteSet(123...126))),
    ("space", ByteSet.space.union(ByteSet([11]))), ("upper", .upper), ("word", .word),
    ("xdigit", ByteSet.digit.union(ByteSet(Array("abcdefABCDEF".utf8)))),
  ]

  private mutating func characterClass() throws(PatternFault) -> ByteSet {
    index += 1
    let isNegated = skip("^")
    var set = ByteSet.empty
    var isFirst = true
    while isFirst || !isNext("]") {
      guard !isAtEnd else { throw fault("missing closing ]") }
      isFirst = false
      if let named = try asciiClass() {
        set = set.union(named)
        continue
      }
      let low = try classElement()
      guard let first = low.scalar, isNext("-"), index + 1 < text.count, text[index + 1] != 0x5d else {
        set = set.union(low.set)
        continue
      }
      index += 1
      guard let last = try classElement().scalar, last >= first else { throw fault("invalid character class range") }
      set = set.union(ByteSet(scalars: first...last))
    }
    index += 1
    set = folded(set)
    return isNegated ? set.inverted : set
  }

  private mutating func classElement() throws(PatternFault) -> (set: ByteSet, scalar: UInt32?) {
    guard !isAtEnd else { throw fault("missing closing ]") }
    if isNext("\\") { return try escapedSet() }
    defer { index += 1 }
    return single(text[index])
  }

  /// Reads `[:alpha:]` inside a class, or `[:^alpha:]`.
  private mutating func asciiClass() throws(PatternFault) -> ByteSet? {
    guard isNext("["), index + 1 < text.count, text[index + 1] == 0x3a else { return nil }
    var end = index + 2
    while end + 1 < text.count, !(text[end] == 0x3a && text[end + 1] == 0x5d) { end += 1 }
    guard end + 1 < text.count else { return nil }
    var name = String(String.UnicodeScalarView(text[(index + 2)..<end].map { Unicode.Scalar($0) ?? "?" }))
    let isNegated = name.first == "^"
    if isNegated { name.removeFirst() }
    guard let set = Self.asciiClasses.first(where: { $0.name == name })?.set else { throw fault("invalid character class range") }
    index = end + 2
    return isNegated ? set.inverted : set
  }
}
