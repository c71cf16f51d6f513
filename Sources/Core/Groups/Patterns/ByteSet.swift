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

  /// The ASCII characters of a range of characters.
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

  /// The set with both cases of each letter.
  var caseFolded: ByteSet {
    var set = self
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(byte) || contains(byte - 32) {
      set.insert(byte)
      set.insert(byte - 32)
    }
    return set
  }
}
