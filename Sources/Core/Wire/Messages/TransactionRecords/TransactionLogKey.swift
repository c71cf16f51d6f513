/// The key of `TransactionLogValue`: a transactional id in `__transaction_state`.
public struct TransactionLogKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var transactionalId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TransactionalId", &transactionalId)
  }
}
