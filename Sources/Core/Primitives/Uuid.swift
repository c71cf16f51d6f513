/// A 128-bit identifier of a topic, directory or incarnation. Its text is base64url without padding, as everywhere in Kafka.
public struct Uuid: Hashable, Comparable, Sendable {
  public var high: UInt64
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static let zero = Uuid(high: 0, low: 0)
  /// The id of the topic `__cluster_metadata`.
  public static let metadataTopic = Uuid(high: 0, low: 1)

  /// A random id of version 4. Never one of the reserved ids, and its text never starts with a dash (it would look like an option).
  public static func random(_ random: inout RandomStream) -> Uuid {
    while true {
      let id = Uuid(high: random.next() & ~0xf000 | 0x4000, low: random.next() & ~(3 << 62) | 1 << 63)
      if id.high >> 58 != 62 { return id }
    }
  }

  @inlinable
  public static func < (left: Uuid, right: Uuid) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

extension Uuid: CustomStringConvertible {
  public var description: String {
    let alphabet = Self.alphabet
    return String(unsafeUninitializedCapacity: 22) { target in
      // 22 digits of 6 bits carry 132 bits: the last four are zero.
      for index in 0..<22 { target[index] = alphabet[Int(sixBits(at: 122 - 6 * index))] }
      return 22
    }
  }

  private func sixBits(at shift: Int) -> UInt64 {
    if shift >= 64 { return high >> (shift - 64) & 63 }
    if shift < 0 { return low << -shift & 63 }
    let fromHigh = shift == 0 ? 0 : high << (64 - shift)
    return (low >> shift | fromHigh) & 63
  }

  /// Parses a base64url text of 22 characters; nil if it is malformed.
  public init?(_ text: String) {
    guard text.utf8.count == 22 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, character) in text.utf8.enumerated() {
      guard let digit = Self.alphabet.firstIndex(of: character).map(UInt64.init) else { return nil }
      let shift = 122 - 6 * index
      if shift >= 64 {
        high |= digit << (shift - 64)
      } else if shift < 0 {
        low |= digit >> -shift
      } else {
        low |= digit << shift
        if shift > 58 { high |= digit >> (64 - shift) }
      }
    }
    self.init(high: high, low: low)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
