/// Lists SCRAM credentials, without their secrets (KIP-554).
public struct DescribeUserScramCredentialsRequest: ApiRequest {
  public typealias Response = DescribeUserScramCredentialsResponse
  public static var apiKey: ApiKey { .describeUserScramCredentials }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var users: [UserName]? = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableArray("Users", &users)
  }

  public struct UserName: Structure {
    public var name: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
    }
  }
}
