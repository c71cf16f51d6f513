/// Finds the coordinators of groups, transactional ids or share partitions.
public struct FindCoordinatorRequest: ApiRequest {
  public typealias Response = FindCoordinatorResponse
  public static var apiKey: ApiKey { .findCoordinator }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 3... }

  public var key: String = ""
  /// 0 group, 1 transactional id, 2 share partition.
  public var keyType: Int8 = 0
  public var coordinatorKeys: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Key", &key, 0...3)
    try c.int8("KeyType", &keyType, 1...)
    try c.array("CoordinatorKeys", &coordinatorKeys, 4...)
  }
}
