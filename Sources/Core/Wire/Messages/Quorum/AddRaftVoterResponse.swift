/// The response to `AddRaftVoterRequest`.
public struct AddRaftVoterResponse: ApiMessage {
  public static var apiKey: ApiKey { .addRaftVoter }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
  }
}
