/// The response to `ListTransactionsRequest`.
public struct ListTransactionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .listTransactions }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var unknownStateFilters: [String] = []
  public var transactionStates: [TransactionState] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("UnknownStateFilters", &unknownStateFilters)
    try c.array("TransactionStates", &transactionStates)
  }

  public struct TransactionState: Structure {
    public var transactionalId: String = ""
    public var producerId: Int64 = 0
    public var transactionState: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TransactionalId", &transactionalId)
      try c.int64("ProducerId", &producerId)
      try c.string("TransactionState", &transactionState)
    }
  }
}
