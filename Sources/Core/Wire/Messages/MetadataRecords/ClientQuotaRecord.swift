/// A quota was set or removed.
public struct ClientQuotaRecord: MetadataRecordContent {
  public static var recordType: Int16 { 14 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var entity: [EntityData] = []
  public var key: String = ""
  public var value: Double = 0
  public var remove: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Entity", &entity)
    try c.string("Key", &key)
    try c.float64("Value", &value)
    try c.bool("Remove", &remove)
  }

  public struct EntityData: Structure {
    public var entityType: String = ""
    public var entityName: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("EntityType", &entityType)
      try c.nullableString("EntityName", &entityName)
    }
  }
}
