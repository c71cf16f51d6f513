import Primitives

/// The value of a record that names itself: eight bytes say which value it is, the rest fills up to the size asked for.
///
/// The first four bytes are a mark, so that a foreign or damaged record is told from one of ours.
public struct Payload {
  public static let minimumSize = 16
  private static let mark: UInt32 = 0x7472_6961  // "tria"

  private let filler: Bytes

  /// - Parameter size: of the whole value, in bytes, at least `minimumSize`.
  public init(size: Int, random: inout RandomStream) {
    precondition(size >= Self.minimumSize, "a value needs \(Self.minimumSize) bytes to name itself")
    var writer = ByteWriter(capacity: size)
    while writer.count < size - 8 { writer.append(random.next()) }
    filler = writer.bytes[0..<(size - 8)]
  }

  public func bytes(for value: RecordValue) -> Bytes {
    Bytes(capacity: filler.count + 8) { target in
      target.storeBytes(of: Self.mark.bigEndian, as: UInt32.self)
      target.storeBytes(of: value.number.bigEndian, toByteOffset: 4, as: UInt32.self)
      filler.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[8...]).copyMemory(from: $0) }
      return target.count
    }
  }

  /// The value that a record's bytes name, or `.none` where they are not ours.
  @inlinable
  public static func value(in bytes: Bytes?) -> RecordValue {
    guard let bytes, bytes.count >= minimumSize, bytes.integer(at: 0, as: UInt32.self) == markOfValues else { return .none }
    return RecordValue(bytes.integer(at: 4, as: UInt32.self))
  }

  @usableFromInline static var markOfValues: UInt32 { mark }
}
