/// The variable-length integers of records: signed numbers are zigzag-encoded, so that small ones of either sign are short, in groups of seven bits.
@usableFromInline
enum Varint {
  @inlinable
  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  /// The number of bytes for a number in groups of seven bits.
  @inlinable
  @inline(__always)
  static func size(_ value: UInt64) -> Int { ((63 - (value | 1).leadingZeroBitCount) * 9 + 73) >> 6 }
}
