/// The epoch of the target assignment of a Kafka Streams group (KIP-1071).
public struct StreamsGroupTargetAssignmentMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 20 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var assignmentEpoch: Int32 = 0
  public var assignmentTimestamp: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("AssignmentEpoch", &assignmentEpoch)
    try c.tagged(0, "AssignmentTimestamp", &assignmentTimestamp)
  }
}
