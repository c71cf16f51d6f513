import Primitives

/// How a record names its value: the first eight bytes of its payload identify the value; the workload chooses the rest. A tombstone has a header instead.
///
/// The first four bytes are a mark that tells our records from foreign or damaged ones.
public enum Payload {
  public static let minimumSize = 16
  /// The number of bytes that name a value.
  static let nameSize = 8
  @usableFromInline static let mark: UInt32 = 0x7472_6961  // "tria"

  /// What the first eight bytes of a value say.
  static func name(of value: RecordValue) -> UInt64 { UInt64(mark) << 32 | UInt64(value.number) }

  /// Writes the bytes that name a value.
  static func append(_ value: RecordValue, to writer: inout ByteWriter) { writer.append(name(of: value)) }

  /// The value that a record's bytes name, or `.none` if they are not ours.
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
