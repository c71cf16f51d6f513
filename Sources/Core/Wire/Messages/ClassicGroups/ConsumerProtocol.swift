import Primitives

/// What members of a classic group of consumers say to each other, inside of requests that the coordinator hands on (`ConsumerProtocol`). Before each message
/// stands its version in two bytes; of a later version than ours what we know of it is read.
public enum ConsumerProtocol {
  /// What members of such groups call their protocol in JoinGroup and SyncGroup.
  public static let type = "consumer"

  /// - Parameter version: the latest where it is nil, or is one that is not known here.
  public static func encode<Content: Message>(_ message: Content, version: Int16? = nil) -> Bytes {
    let version = min(version ?? .max, Content.validVersions.upperBound)
    var writer = ByteWriter()
    writer.append(version)
    // Names of topics are short, and everything else is a number.
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

  /// The version that stands before a message.
  public static func version(of bytes: Bytes, message: String = "ConsumerProtocol") throws(WireError) -> Int16 {
    guard bytes.count >= 2 else { throw WireError(.endOfInput(needed: 2, available: bytes.count), at: 0, field: "version", message: message) }
    let version: Int16 = bytes.integer(at: 0)
    guard version >= 0 else { throw WireError(.unknownType(Int(version)), at: 0, field: "version", message: message) }
    return version
  }
}
