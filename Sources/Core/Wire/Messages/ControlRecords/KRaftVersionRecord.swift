/// The value of a control record of the metadata log: the version of KRaft itself (KIP-853).
public struct KRaftVersionRecord: Message {
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var version: Int16 = 0
  public var kRaftVersion: Int16 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int16("Version", &version)
    try c.int16("KRaftVersion", &kRaftVersion)
  }
}
