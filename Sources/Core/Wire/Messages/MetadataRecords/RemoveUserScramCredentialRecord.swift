/// A SCRAM credential was deleted.
public struct RemoveUserScramCredentialRecord: MetadataRecordContent {
  public static var recordType: Int16 { 22 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var name: String = ""
  public var mechanism: Int8 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Name", &name)
    try c.int8("Mechanism", &mechanism)
  }
}
