/// Describes transactions at their coordinator (KIP-664).
public struct DescribeTransactionsRequest: ApiRequest {
  public typealias Response = DescribeTransactionsResponse
  public static var apiKey: ApiKey { .describeTransactions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var transactionalIds: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("TransactionalIds", &transactionalIds)
  }
}
