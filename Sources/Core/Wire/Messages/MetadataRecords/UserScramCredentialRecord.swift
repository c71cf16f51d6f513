import Primitives

/// A SCRAM credential was set.
public struct UserScramCredentialRecord: MetadataRecordContent {
  public static var recordType: Int16 { 11 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var name: String = ""
  public var mechanism: Int8 = 0
  public var salt: Bytes = .empty
  public var storedKey: Bytes = .empty
  public var serverKey: Bytes = .empty
  public var iterations: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Name", &name)
    try c.int8("Mechanism", &mechanism)
    try c.bytes("Salt", &salt)
    try c.bytes("StoredKey", &storedKey)
    try c.bytes("ServerKey", &serverKey)
    try c.int32("Iterations", &iterations)
  }
}
