/// The response to `DescribeClientQuotasRequest`.
public struct DescribeClientQuotasResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeClientQuotas }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var entries: [EntryData]? = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.nullableArray("Entries", &entries)
  }

  public struct EntryData: Structure {
    public var entity: [EntityData] = []
    public var values: [ValueData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("Entity", &entity)
      try c.array("Values", &values)
    }
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

  public struct ValueData: Structure {
    public var key: String = ""
    public var value: Double = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.float64("Value", &value)
    }
  }
}
