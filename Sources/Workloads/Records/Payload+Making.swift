import Primitives

extension Payload {
  /// The bytes that name a value, followed by others. A payload that is too short to be told from a foreign record is padded.
  static func bytes(naming value: RecordValue, _ rest: Bytes) -> Bytes {
    var writer = ByteWriter(capacity: max(minimumSize, nameSize + rest.count))
    append(value, to: &writer)
    writer.append(rest)
    while writer.count < minimumSize { writer.append(UInt8(0)) }
    return writer.bytes
  }

  /// The bytes after those that name the value.
  static func rest(of bytes: Bytes) -> Bytes { bytes.count > nameSize ? bytes[nameSize...] : .empty }

  /// The bytes that name a value, followed by a number.
  static func bytes(naming value: RecordValue, number: Int64) -> Bytes {
    var writer = ByteWriter(capacity: minimumSize)
    append(value, to: &writer)
    writer.append(number)
    return writer.bytes
  }

  /// The number after the bytes that name a value; nil if the payload is not ours.
  static func number(in bytes: Bytes?) -> Int64? {
    guard let bytes, value(in: bytes) != .none else { return nil }
    return bytes.integer(at: nameSize, as: Int64.self)
  }
}
