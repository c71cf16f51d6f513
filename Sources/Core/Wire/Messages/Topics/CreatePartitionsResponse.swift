/// The response to `CreatePartitionsRequest`.
public struct CreatePartitionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .createPartitions }
  public static var validVersions: ClosedRange<Int16> { 0...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var results: [CreatePartitionsTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Results", &results)
  }

  public struct CreatePartitionsTopicResult: Structure {
    public var name: String = ""
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
