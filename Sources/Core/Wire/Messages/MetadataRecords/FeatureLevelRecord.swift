/// A feature was finalized at a level; level 0 means that it is off.
public struct FeatureLevelRecord: MetadataRecordContent {
  public static var recordType: Int16 { 12 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var name: String = ""
  public var featureLevel: Int16 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Name", &name)
    try c.int16("FeatureLevel", &featureLevel)
  }
}
