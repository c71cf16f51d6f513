/// How far the migration from ZooKeeper had got. Clusters that started with KRaft have no such record, or state 0.
public struct ZkMigrationStateRecord: MetadataRecordContent {
  public static var recordType: Int16 { 21 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var zkMigrationState: Int8 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int8("ZkMigrationState", &zkMigrationState)
  }
}
