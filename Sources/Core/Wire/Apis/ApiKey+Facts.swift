/// Facts about one API in Kafka 4.3.
struct ApiFacts {
  let name: String
  /// The versions that can be encoded and decoded here, except an unfinished newest one.
  let valid: ClosedRange<Int16>
  let firstFlexible: Int16?
  /// The oldest version that a broker advertises in its ApiVersions response.
  let oldestAdvertised: Int16
  let listeners: ApiListeners
}

/// The kinds of listener that serve an API.
public struct ApiListeners: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let broker = ApiListeners(rawValue: 1)
  public static let controller = ApiListeners(rawValue: 2)
  public static let both: ApiListeners = [.broker, .controller]
}

extension ApiKey {
  /// Indexed by API key.
  static let facts: [ApiFacts] = [
    ApiFacts(name: "Produce", valid: 3...13, firstFlexible: 9, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "Fetch", valid: 4...18, firstFlexible: 12, oldestAdvertised: 4, listeners: .both),
    ApiFacts(name: "ListOffsets", valid: 1...11, firstFlexible: 6, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "Metadata", valid: 0...13, firstFlexible: 9, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "", valid: 0...0, firstFlexible: nil, oldestAdvertised: 0, listeners: []),
    ApiFacts(name: "", valid: 0...0, firstFlexible: nil, oldestAdvertised: 0, listeners: []),
    ApiFacts(name: "", valid: 0...0, firstFlexible: nil, oldestAdvertised: 0, listeners: []),
    ApiFacts(name: "", valid: 0...0, firstFlexible: nil, oldestAdvertised: 0, listeners: []),
    ApiFacts(name: "OffsetCommit", valid: 2...10, firstFlexible: 8, oldestAdvertised: 2, listeners: .broker),
    ApiFacts(name: "OffsetFetch", valid: 1...10, firstFlexible: 6, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "FindCoordinator", valid: 0...6, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "JoinGroup", valid: 0...9, firstFlexible: 6, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "Heartbeat", valid: 0...4, firstFlexible: 4, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "LeaveGroup", valid: 0...5, firstFlexible: 4, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "SyncGroup", valid: 0...5, firstFlexible: 4, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DescribeGroups", valid: 0...6, firstFlexible: 5, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ListGroups", valid: 0...5, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "SaslHandshake", valid: 0...1, firstFlexible: nil, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "ApiVersions", valid: 0...4, firstFlexible: 3, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "CreateTopics", valid: 2...7, firstFlexible: 5, oldestAdvertised: 2, listeners: .both),
    ApiFacts(name: "DeleteTopics", valid: 1...6, firstFlexible: 4, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "DeleteRecords", valid: 0...2, firstFlexible: 2, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "InitProducerId", valid: 0...5, firstFlexible: 2, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "OffsetForLeaderEpoch", valid: 2...4, firstFlexible: 4, oldestAdvertised: 2, listeners: .broker),
    ApiFacts(name: "AddPartitionsToTxn", valid: 0...5, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "AddOffsetsToTxn", valid: 0...4, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "EndTxn", valid: 0...5, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "WriteTxnMarkers", valid: 1...2, firstFlexible: 1, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "TxnOffsetCommit", valid: 0...5, firstFlexible: 3, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DescribeAcls", valid: 1...3, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "CreateAcls", valid: 1...3, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "DeleteAcls", valid: 1...3, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "DescribeConfigs", valid: 1...4, firstFlexible: 4, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "AlterConfigs", valid: 0...2, firstFlexible: 2, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "AlterReplicaLogDirs", valid: 1...2, firstFlexible: 2, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "DescribeLogDirs", valid: 1...5, firstFlexible: 2, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "SaslAuthenticate", valid: 0...2, firstFlexible: 2, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "CreatePartitions", valid: 0...3, firstFlexible: 2, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "CreateDelegationToken", valid: 1...3, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "RenewDelegationToken", valid: 1...2, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "ExpireDelegationToken", valid: 1...2, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "DescribeDelegationToken", valid: 1...3, firstFlexible: 2, oldestAdvertised: 1, listeners: .both),
    ApiFacts(name: "DeleteGroups", valid: 0...2, firstFlexible: 2, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ElectLeaders", valid: 0...2, firstFlexible: 2, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "IncrementalAlterConfigs", valid: 0...1, firstFlexible: 1, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "AlterPartitionReassignments", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "ListPartitionReassignments", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "OffsetDelete", valid: 0...0, firstFlexible: nil, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DescribeClientQuotas", valid: 0...1, firstFlexible: 1, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "AlterClientQuotas", valid: 0...1, firstFlexible: 1, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "DescribeUserScramCredentials", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "AlterUserScramCredentials", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "Vote", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "BeginQuorumEpoch", valid: 0...1, firstFlexible: 1, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "EndQuorumEpoch", valid: 0...1, firstFlexible: 1, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "DescribeQuorum", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "AlterPartition", valid: 2...3, firstFlexible: 2, oldestAdvertised: 2, listeners: .controller),
    ApiFacts(name: "UpdateFeatures", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "Envelope", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "FetchSnapshot", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "DescribeCluster", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "DescribeProducers", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "BrokerRegistration", valid: 0...4, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "BrokerHeartbeat", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "UnregisterBroker", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "DescribeTransactions", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ListTransactions", valid: 0...2, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "AllocateProducerIds", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "ConsumerGroupHeartbeat", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ConsumerGroupDescribe", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ControllerRegistration", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "GetTelemetrySubscriptions", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "PushTelemetry", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "AssignReplicasToDirs", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "ListConfigResources", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DescribeTopicPartitions", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ShareGroupHeartbeat", valid: 1...1, firstFlexible: 1, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "ShareGroupDescribe", valid: 1...1, firstFlexible: 1, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "ShareFetch", valid: 1...2, firstFlexible: 1, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "ShareAcknowledge", valid: 1...2, firstFlexible: 1, oldestAdvertised: 1, listeners: .broker),
    ApiFacts(name: "AddRaftVoter", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "RemoveRaftVoter", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .both),
    ApiFacts(name: "UpdateRaftVoter", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .controller),
    ApiFacts(name: "InitializeShareGroupState", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ReadShareGroupState", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "WriteShareGroupState", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DeleteShareGroupState", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "ReadShareGroupStateSummary", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "StreamsGroupHeartbeat", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "StreamsGroupDescribe", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DescribeShareGroupOffsets", valid: 0...1, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "AlterShareGroupOffsets", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
    ApiFacts(name: "DeleteShareGroupOffsets", valid: 0...0, firstFlexible: 0, oldestAdvertised: 0, listeners: .broker),
  ]

  private var facts: ApiFacts? { isKnown ? Self.facts[Int(rawValue)] : nil }

  public var isKnown: Bool { rawValue >= 0 && rawValue < Self.facts.count && Self.facts[Int(rawValue)].name != "" }

  /// Kafka's name, such as `Fetch`; the number if the API is unknown.
  public var name: String { facts?.name ?? "Api(\(rawValue))" }

  /// The versions that a 4.3 broker and client speak; an unknown API has only version 0.
  public var validVersions: ClosedRange<Int16> { facts?.valid ?? 0...0 }

  /// The versions in the ApiVersions response. Produce starts at 0, which old clients look for, though only 3 and above are served.
  public var advertisedVersions: ClosedRange<Int16> { (facts?.oldestAdvertised ?? 0)...validVersions.upperBound }

  /// From this version on lengths are compact and structures end with tagged fields (KIP-482); nil for the two APIs without flexible versions.
  public var firstFlexibleVersion: Int16? { facts?.firstFlexible }

  public var listeners: ApiListeners { facts?.listeners ?? [] }

  public func isFlexible(version: Int16) -> Bool {
    let place = Int(rawValue), versions = Self.firstFlexibleVersions
    return versions.indices.contains(place) && version >= versions[place]
  }

  /// By number, apart from all else that is known of an API: every frame asks for it.
  private static let firstFlexibleVersions = facts.map { $0.firstFlexible ?? .max }
}

extension ApiKey: CustomStringConvertible {
  public var description: String { name }
}
