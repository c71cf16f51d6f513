/// The response to `ApiVersionsRequest`.
public struct ApiVersionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .apiVersions }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 3... }

  public var errorCode: ErrorCode = .none
  public var apiKeys: [ApiVersion] = []
  public var throttleTimeMs: Int32 = 0
  public var supportedFeatures: [SupportedFeatureKey] = []
  /// Grows with the metadata; -1 if unknown.
  public var finalizedFeaturesEpoch: Int64 = -1
  public var finalizedFeatures: [FinalizedFeatureKey] = []
  public var zkMigrationReady: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("ApiKeys", &apiKeys)
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.tagged(0, "SupportedFeatures", &supportedFeatures, 3..., ignorable: true)
    try c.tagged(1, "FinalizedFeaturesEpoch", &finalizedFeaturesEpoch, 3..., default: -1, ignorable: true)
    try c.tagged(2, "FinalizedFeatures", &finalizedFeatures, 3..., ignorable: true)
    try c.tagged(3, "ZkMigrationReady", &zkMigrationReady, 3..., ignorable: true)
  }

  public struct ApiVersion: Structure {
    public var apiKey: Int16 = 0
    public var minVersion: Int16 = 0
    public var maxVersion: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int16("ApiKey", &apiKey)
      try c.int16("MinVersion", &minVersion)
      try c.int16("MaxVersion", &maxVersion)
    }
  }

  public struct SupportedFeatureKey: Structure {
    public var name: String = ""
    public var minVersion: Int16 = 0
    public var maxVersion: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int16("MinVersion", &minVersion)
      try c.int16("MaxVersion", &maxVersion)
    }
  }

  public struct FinalizedFeatureKey: Structure {
    public var name: String = ""
    public var maxVersionLevel: Int16 = 0
    public var minVersionLevel: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int16("MaxVersionLevel", &maxVersionLevel)
      try c.int16("MinVersionLevel", &minVersionLevel)
    }
  }
}
