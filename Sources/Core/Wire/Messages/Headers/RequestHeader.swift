/// The header of every request: which API and version, and the correlation id that its response repeats.
public struct RequestHeader: FrequentMessage {
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  /// The API's number, which may be unknown; `apiKey` is the typed one.
  public var requestApiKey: Int16 = 0
  public var requestApiVersion: Int16 = 0
  public var correlationId: Int32 = 0
  /// The only text that keeps its two-byte length in flexible versions.
  public var clientId: String? = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int16("RequestApiKey", &requestApiKey)
    try c.int16("RequestApiVersion", &requestApiVersion)
    try c.int32("CorrelationId", &correlationId)
    try c.nullableString("ClientId", &clientId, inflexible: true)
  }
}
