import Primitives

/// What members of a classic group of consumers send each other, in requests that the coordinator passes on (`ConsumerProtocol`). A two-byte
/// version precedes each message; of a message with a newer version, only the known part is read.
public enum ConsumerProtocol {
  /// The protocol type that members of such groups use in JoinGroup and SyncGroup.
  public static let type = "consumer"

  /// - Parameter version: The latest version if nil or unknown.
  public static func encode<Content: Message>(_ message: Content, version: Int16? = nil) -> Bytes {
    let version = min(version ?? .max, Content.validVersions.upperBound)
    var writer = ByteWriter()
    writer.append(version)
    // Cannot fail: names of topics are short, and everything else is a number.
    if let body = try? message.encoded(version: version) { writer.append(body) }
    return writer.bytes
  }

  public static func decode<Content: Message>(_ type: Content.Type = Content.self, _ bytes: Bytes) throws(WireError) -> Content {
    let version = try version(of: bytes, message: Content.name)
    var content = Content()
    var reader = FrameReader(bytes[2...])
    defer { withExtendedLifetime(reader) {} }
    try content.read(from: &reader, version: min(version, Content.validVersions.upperBound))
    return content
  }

  /// The version that precedes a message.
  public static func version(of bytes: Bytes, message: String = "ConsumerProtocol") throws(WireError) -> Int16 {
    guard bytes.count >= 2 else { throw WireError(.endOfInput(needed: 2, available: bytes.count), at: 0, field: "version", message: message) }
    let version: Int16 = bytes.integer(at: 0)
    guard version >= 0 else { throw WireError(.unknownType(Int(version)), at: 0, field: "version", message: message) }
    return version
  }
}
