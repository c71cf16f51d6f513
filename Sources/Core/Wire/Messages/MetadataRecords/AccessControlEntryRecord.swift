import Primitives

/// An access rule was created.
public struct AccessControlEntryRecord: MetadataRecordContent {
  public static var recordType: Int16 { 18 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var id: Uuid = .zero
  public var resourceType: Int8 = 0
  public var resourceName: String = ""
  /// 3 literal, 4 prefix; in filters also 1 any and 2 every pattern that matches the name.
  public var patternType: Int8 = 0
  public var principal: String = ""
  public var host: String = ""
  public var operation: Int8 = 0
  /// 2 deny, 3 allow; in filters 1 is any.
  public var permissionType: Int8 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("Id", &id)
    try c.int8("ResourceType", &resourceType)
    try c.string("ResourceName", &resourceName)
    try c.int8("PatternType", &patternType)
    try c.string("Principal", &principal)
    try c.string("Host", &host)
    try c.int8("Operation", &operation)
    try c.int8("PermissionType", &permissionType)
  }
}
