/// The value of a control record that ends a transaction.
public struct EndTxnMarker: Message {
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var coordinatorEpoch: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("CoordinatorEpoch", &coordinatorEpoch)
  }
}
