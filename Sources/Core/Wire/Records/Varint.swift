/// The numbers of records: signed ones are folded so that small ones are short either way (zigzag), and go in groups of seven bits.
@usableFromInline
enum Varint {
  @inlinable
  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  /// Bytes of a number in groups of seven bits: one for each begun group.
  @inlinable
  @inline(__always)
  static func size(_ value: UInt64) -> Int { ((63 - (value | 1).leadingZeroBitCount) * 9 + 73) >> 6 }
}
