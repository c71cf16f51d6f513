/// The header of every response.
public struct ResponseHeader: FrequentMessage {
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var correlationId: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("CorrelationId", &correlationId)
  }
}
