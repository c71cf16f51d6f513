/// The response to `FindCoordinatorRequest`.
public struct FindCoordinatorResponse: ApiMessage {
  public static var apiKey: ApiKey { .findCoordinator }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var nodeId: Int32 = 0
  public var host: String = ""
  public var port: Int32 = 0
  public var coordinators: [Coordinator] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode, 0...3)
    try c.nullableString("ErrorMessage", &errorMessage, 1...3, ignorable: true)
    try c.int32("NodeId", &nodeId, 0...3)
    try c.string("Host", &host, 0...3)
    try c.int32("Port", &port, 0...3)
    try c.array("Coordinators", &coordinators, 4...)
  }

  public struct Coordinator: Structure {
    public var key: String = ""
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.int32("Port", &port)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
