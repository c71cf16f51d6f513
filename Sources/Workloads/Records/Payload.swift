import Primitives

/// How the value of a record names itself: its first eight bytes say which value it is, the rest is whatever the workload wants. A tombstone has a header instead.
///
/// The first four bytes are a mark, so that a foreign or damaged record is told from one of ours.
public enum Payload {
  public static let minimumSize = 16
  /// How many bytes name a value.
  static let nameSize = 8
  @usableFromInline static let mark: UInt32 = 0x7472_6961  // "tria"

  /// What the first eight bytes of a value say.
  static func name(of value: RecordValue) -> UInt64 { UInt64(mark) << 32 | UInt64(value.number) }

  /// Writes the bytes that name a value.
  static func append(_ value: RecordValue, to writer: inout ByteWriter) { writer.append(name(of: value)) }

  /// The value that a record's bytes name, or `.none` where they are not ours.
  @inlinable
  public static func value(in bytes: Bytes?) -> RecordValue {
    guard let bytes, bytes.count >= minimumSize else { return .none }
    return value(named: bytes.integer(at: 0))
  }

  /// The value that the first eight bytes name.
  @inlinable
  static func value(named name: UInt64) -> RecordValue {
    name >> 32 == mark ? RecordValue(UInt32(truncatingIfNeeded: name)) : .none
  }
}
