/// Asks which versions of which APIs a node supports; the first request on a connection.
public struct ApiVersionsRequest: ApiRequest {
  public typealias Response = ApiVersionsResponse
  public static var apiKey: ApiKey { .apiVersions }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 3... }

  public var clientSoftwareName: String = ""
  public var clientSoftwareVersion: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("ClientSoftwareName", &clientSoftwareName, 3..., ignorable: true)
    try c.string("ClientSoftwareVersion", &clientSoftwareVersion, 3..., ignorable: true)
  }
}
