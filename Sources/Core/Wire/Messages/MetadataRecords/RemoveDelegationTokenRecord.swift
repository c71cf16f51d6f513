/// A delegation token was deleted.
public struct RemoveDelegationTokenRecord: MetadataRecordContent {
  public static var recordType: Int16 { 26 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var tokenId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TokenId", &tokenId)
  }
}
