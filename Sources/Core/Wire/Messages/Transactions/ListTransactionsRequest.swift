/// Lists the transactions that a broker coordinates (KIP-664).
public struct ListTransactionsRequest: ApiRequest {
  public typealias Response = ListTransactionsResponse
  public static var apiKey: ApiKey { .listTransactions }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var stateFilters: [String] = []
  public var producerIdFilters: [Int64] = []
  public var durationFilter: Int64 = -1
  public var transactionalIdPattern: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("StateFilters", &stateFilters)
    try c.array("ProducerIdFilters", &producerIdFilters)
    try c.int64("DurationFilter", &durationFilter, 1..., default: -1)
    try c.nullableString("TransactionalIdPattern", &transactionalIdPattern, 2...)
  }
}
