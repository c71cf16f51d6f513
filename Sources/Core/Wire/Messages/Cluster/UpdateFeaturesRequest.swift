/// Raises or lowers finalized feature levels (KIP-584).
public struct UpdateFeaturesRequest: ApiRequest {
  public typealias Response = UpdateFeaturesResponse
  public static var apiKey: ApiKey { .updateFeatures }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var timeoutMs: Int32 = 60000
  public var featureUpdates: [FeatureUpdateKey] = []
  public var validateOnly: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("timeoutMs", &timeoutMs)
    try c.array("FeatureUpdates", &featureUpdates)
    try c.bool("ValidateOnly", &validateOnly, 1...)
  }

  public struct FeatureUpdateKey: Structure {
    public var feature: String = ""
    public var maxVersionLevel: Int16 = 0
    public var allowDowngrade: Bool = false
    /// 1 upgrade, 2 safe downgrade, 3 downgrade that may lose metadata.
    public var upgradeType: Int8 = 1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Feature", &feature)
      try c.int16("MaxVersionLevel", &maxVersionLevel)
      try c.bool("AllowDowngrade", &allowDowngrade, 0)
      try c.int8("UpgradeType", &upgradeType, 1..., default: 1)
    }
  }
}
