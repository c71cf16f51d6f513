/// The response to `AlterClientQuotasRequest`.
public struct AlterClientQuotasResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterClientQuotas }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var throttleTimeMs: Int32 = 0
  public var entries: [EntryData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Entries", &entries)
  }

  public struct EntryData: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var entity: [EntityData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.array("Entity", &entity)
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
}
