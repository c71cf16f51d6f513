import Primitives

/// How the value of a record names itself: its first eight bytes say which value it is, the rest is whatever the workload wants. A tombstone has a header instead.
///
/// The first four bytes are a mark, so that a foreign or damaged record is told from one of ours.
public enum Payload {
  public static let minimumSize = 16
  /// How many bytes name a value.
  static let nameSize = 8
  @usableFromInline static let mark: UInt32 = 0x7472_6961  // "tria"

  /// Writes the bytes that name a value.
  static func append(_ value: RecordValue, to writer: inout ByteWriter) {
    writer.append(UInt64(mark) << 32 | UInt64(value.number))
  }

  /// The value that a record's bytes name, or `.none` where they are not ours.
  @inlinable
  public static func value(in bytes: Bytes?) -> RecordValue {
    guard let bytes, bytes.count >= minimumSize else { return .none }
    return value(inName: bytes)
  }

  /// - Parameter bytes: at least as many as name a value.
  @inlinable
  static func value(inName bytes: Bytes) -> RecordValue {
    bytes.integer(at: 0, as: UInt32.self) == mark ? RecordValue(bytes.integer(at: 4, as: UInt32.self)) : .none
  }
}
