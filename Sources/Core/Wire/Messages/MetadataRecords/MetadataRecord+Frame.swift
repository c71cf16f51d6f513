import Primitives

extension MetadataRecord {
  fileprivate static let frameVersion = 1

  /// Decodes the value of a record of the metadata log.
  public init(decoding bytes: Bytes) throws(WireError) {
    var reader = FrameReader(bytes)
    do throws(WireError) {
      let frameVersion = try reader.unsignedVarint("frame version")
      guard frameVersion == Self.frameVersion else {
        throw WireError(.unsupportedVersion(frameVersion), at: 0, field: "frame version")
      }
      let type = try reader.unsignedVarint("type")
      let version = try reader.unsignedVarint("version")
      guard let version = Int16(exactly: version) else {
        throw WireError(.unsupportedVersion(version), at: reader.position, field: "version")
      }
      self = try Self.decode(type: type, version: version, from: &reader)
    } catch {
      throw error.message.isEmpty ? error.within("MetadataRecord") : error
    }
    withExtendedLifetime(reader) {}
  }

  /// The value of a record of the metadata log, in the newest version or in the one that the cluster's metadata version requires.
  public func encoded(version: Int16? = nil) throws(WireError) -> Bytes { try content.encodedInMetadataFrame(version: version) }

  /// The record as one line of JSON.
  public var text: String { content.textWithName }
}

extension MetadataRecordContent {
  fileprivate func encodedInMetadataFrame(version: Int16?) throws(WireError) -> Bytes {
    let version = version ?? Self.validVersions.upperBound
    var writer = FrameWriter(version: version, isFlexible: false, capacity: 96)
    writer.put(unsignedVarint: MetadataRecord.frameVersion)
    writer.put(unsignedVarint: Int(Self.recordType))
    writer.put(unsignedVarint: Int(version))
    try append(to: &writer, version: version)
    return writer.frame().joined
  }

  fileprivate var textWithName: String { "\(Self.name)\((try? text(version: Self.validVersions.upperBound)) ?? "")" }
}
