/// The response to `DescribeUserScramCredentialsRequest`.
public struct DescribeUserScramCredentialsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeUserScramCredentials }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var results: [DescribeUserScramCredentialsResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Results", &results)
  }

  public struct DescribeUserScramCredentialsResult: Structure {
    public var user: String = ""
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var credentialInfos: [CredentialInfo] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("User", &user)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.array("CredentialInfos", &credentialInfos)
    }
  }

  public struct CredentialInfo: Structure {
    public var mechanism: Int8 = 0
    public var iterations: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("Mechanism", &mechanism)
      try c.int32("Iterations", &iterations)
    }
  }
}
