/// Sets or removes quotas of users, clients and addresses (KIP-546).
public struct AlterClientQuotasRequest: ApiRequest {
  public typealias Response = AlterClientQuotasResponse
  public static var apiKey: ApiKey { .alterClientQuotas }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var entries: [EntryData] = []
  public var validateOnly: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Entries", &entries)
    try c.bool("ValidateOnly", &validateOnly)
  }

  public struct EntryData: Structure {
    public var entity: [EntityData] = []
    public var ops: [OpData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("Entity", &entity)
      try c.array("Ops", &ops)
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

  public struct OpData: Structure {
    public var key: String = ""
    public var value: Double = 0
    public var remove: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.float64("Value", &value)
      try c.bool("Remove", &remove)
    }
  }
}
