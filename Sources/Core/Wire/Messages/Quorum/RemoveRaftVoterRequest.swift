import Primitives

/// Removes a controller from the voters of the metadata quorum (KIP-853).
public struct RemoveRaftVoterRequest: ApiRequest {
  public typealias Response = RemoveRaftVoterResponse
  public static var apiKey: ApiKey { .removeRaftVoter }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String? = ""
  public var voterId: Int32 = 0
  public var voterDirectoryId: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
    try c.int32("VoterId", &voterId)
    try c.uuid("VoterDirectoryId", &voterDirectoryId)
  }
}
