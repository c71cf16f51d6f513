/// The response to `AlterUserScramCredentialsRequest`.
public struct AlterUserScramCredentialsResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterUserScramCredentials }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var results: [AlterUserScramCredentialsResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Results", &results)
  }

  public struct AlterUserScramCredentialsResult: Structure {
    public var user: String = ""
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("User", &user)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
