import Primitives

/// The key of a record in a coordinator's log (`__consumer_offsets`, `__transaction_state`, `__share_group_state`). Its
/// two-byte type precedes its fields. The three logs number their types independently.
public protocol CoordinatorRecordKey: Message {
  static var recordType: Int16 { get }
}

/// The value of a record in a coordinator's log. Its two-byte version precedes its fields.
public protocol CoordinatorRecordValue: Message {
  /// The type of the key that it belongs to.
  static var recordType: Int16 { get }
}

extension CoordinatorRecordKey {
  /// The key as it is stored in the log.
  public func encodedWithType() throws(WireError) -> Bytes {
    try encoded(prefix: Self.recordType, version: 0)
  }

  /// Decodes the key of a log's record, which must have this type.
  public init(decodingWithType bytes: Bytes) throws(WireError) {
    let type = try bytes.leadingInt16("type")
    guard type == Self.recordType else { throw WireError(.unknownType(Int(type)), at: 0, field: "type", message: Self.name) }
    try self.init(bytes[2...], version: 0)
  }
}

extension CoordinatorRecordValue {
  /// The value as it is stored in the log, in the newest version unless an older one is requested.
  public func encodedWithVersion(_ version: Int16? = nil) throws(WireError) -> Bytes {
    let version = version ?? Self.validVersions.upperBound
    return try encoded(prefix: version, version: version)
  }

  /// Decodes the value of a log's record, whatever its version.
  public init(decodingWithVersion bytes: Bytes) throws(WireError) {
    // Must come first: a value may be shorter than its version.
    let version = try bytes.leadingInt16("version")
    try self.init(bytes[2...], version: version)
  }
}

extension Bytes {
  /// The type of a coordinator record, read from its key.
  public func coordinatorRecordType() throws(WireError) -> Int16 { try leadingInt16("type") }

  fileprivate func leadingInt16(_ field: String) throws(WireError) -> Int16 {
    guard count >= 2 else { throw WireError(.endOfInput(needed: 2, available: count), at: 0, field: field, message: "coordinator record") }
    return integer(at: 0)
  }
}

extension Message {
  fileprivate func encoded(prefix: Int16, version: Int16) throws(WireError) -> Bytes {
    var writer = FrameWriter(version: version, isFlexible: false)
    var prefix = prefix
    writer.integer("", &prefix)
    try append(to: &writer, version: version)
    return writer.frame().joined
  }
}
