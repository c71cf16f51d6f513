/// The response to `UpdateFeaturesRequest`.
public struct UpdateFeaturesResponse: ApiMessage {
  public static var apiKey: ApiKey { .updateFeatures }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var results: [UpdatableFeatureResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Results", &results, 0...1, ignorable: true)
  }

  public struct UpdatableFeatureResult: Structure {
    public var feature: String = ""
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Feature", &feature)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
