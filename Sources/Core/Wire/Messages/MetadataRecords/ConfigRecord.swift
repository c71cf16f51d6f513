/// A dynamic config was set, or removed if the value is null.
public struct ConfigRecord: MetadataRecordContent {
  public static var recordType: Int16 { 4 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var resourceType: Int8 = 0
  public var resourceName: String = ""
  public var name: String = ""
  public var value: String? = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int8("ResourceType", &resourceType)
    try c.string("ResourceName", &resourceName)
    try c.string("Name", &name)
    try c.nullableString("Value", &value)
  }
}
