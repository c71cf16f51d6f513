/// A delegation token was created or changed.
public struct DelegationTokenRecord: MetadataRecordContent {
  public static var recordType: Int16 { 10 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var owner: String = ""
  public var requester: String = ""
  public var renewers: [String] = []
  public var issueTimestamp: Int64 = 0
  public var maxTimestamp: Int64 = 0
  public var expirationTimestamp: Int64 = 0
  public var tokenId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Owner", &owner)
    try c.string("Requester", &requester)
    try c.array("Renewers", &renewers)
    try c.int64("IssueTimestamp", &issueTimestamp)
    try c.int64("MaxTimestamp", &maxTimestamp)
    try c.int64("ExpirationTimestamp", &expirationTimestamp)
    try c.string("TokenId", &tokenId)
  }
}
