/// Lists the resources that have dynamic configs.
public struct ListConfigResourcesRequest: ApiRequest {
  public typealias Response = ListConfigResourcesResponse
  public static var apiKey: ApiKey { .listConfigResources }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var resourceTypes: [Int8] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("ResourceTypes", &resourceTypes, 1...)
  }
}
