/// The APIs of Kafka's protocol. It can also hold an unknown number: a peer may ask for anything.
public struct ApiKey: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: Int16

  @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }
  @inlinable public static func < (left: ApiKey, right: ApiKey) -> Bool { left.rawValue < right.rawValue }

  public static var produce: ApiKey { ApiKey(rawValue: 0) }
  public static var fetch: ApiKey { ApiKey(rawValue: 1) }
  public static var listOffsets: ApiKey { ApiKey(rawValue: 2) }
  public static var metadata: ApiKey { ApiKey(rawValue: 3) }
  public static var offsetCommit: ApiKey { ApiKey(rawValue: 8) }
  public static var offsetFetch: ApiKey { ApiKey(rawValue: 9) }
  public static var findCoordinator: ApiKey { ApiKey(rawValue: 10) }
  public static var joinGroup: ApiKey { ApiKey(rawValue: 11) }
  public static var heartbeat: ApiKey { ApiKey(rawValue: 12) }
  public static var leaveGroup: ApiKey { ApiKey(rawValue: 13) }
  public static var syncGroup: ApiKey { ApiKey(rawValue: 14) }
  public static var describeGroups: ApiKey { ApiKey(rawValue: 15) }
  public static var listGroups: ApiKey { ApiKey(rawValue: 16) }
  public static var saslHandshake: ApiKey { ApiKey(rawValue: 17) }
  public static var apiVersions: ApiKey { ApiKey(rawValue: 18) }
  public static var createTopics: ApiKey { ApiKey(rawValue: 19) }
  public static var deleteTopics: ApiKey { ApiKey(rawValue: 20) }
  public static var deleteRecords: ApiKey { ApiKey(rawValue: 21) }
  public static var initProducerId: ApiKey { ApiKey(rawValue: 22) }
  public static var offsetForLeaderEpoch: ApiKey { ApiKey(rawValue: 23) }
  public static var addPartitionsToTxn: ApiKey { ApiKey(rawValue: 24) }
  public static var addOffsetsToTxn: ApiKey { ApiKey(rawValue: 25) }
  public static var endTxn: ApiKey { ApiKey(rawValue: 26) }
  public static var writeTxnMarkers: ApiKey { ApiKey(rawValue: 27) }
  public static var txnOffsetCommit: ApiKey { ApiKey(rawValue: 28) }
  public static var describeAcls: ApiKey { ApiKey(rawValue: 29) }
  public static var createAcls: ApiKey { ApiKey(rawValue: 30) }
  public static var deleteAcls: ApiKey { ApiKey(rawValue: 31) }
  public static var describeConfigs: ApiKey { ApiKey(rawValue: 32) }
  public static var alterConfigs: ApiKey { ApiKey(rawValue: 33) }
  public static var alterReplicaLogDirs: ApiKey { ApiKey(rawValue: 34) }
  public static var describeLogDirs: ApiKey { ApiKey(rawValue: 35) }
  public static var saslAuthenticate: ApiKey { ApiKey(rawValue: 36) }
  public static var createPartitions: ApiKey { ApiKey(rawValue: 37) }
  public static var createDelegationToken: ApiKey { ApiKey(rawValue: 38) }
  public static var renewDelegationToken: ApiKey { ApiKey(rawValue: 39) }
  public static var expireDelegationToken: ApiKey { ApiKey(rawValue: 40) }
  public static var describeDelegationToken: ApiKey { ApiKey(rawValue: 41) }
  public static var deleteGroups: ApiKey { ApiKey(rawValue: 42) }
  public static var electLeaders: ApiKey { ApiKey(rawValue: 43) }
  public static var incrementalAlterConfigs: ApiKey { ApiKey(rawValue: 44) }
  public static var alterPartitionReassignments: ApiKey { ApiKey(rawValue: 45) }
  public static var listPartitionReassignments: ApiKey { ApiKey(rawValue: 46) }
  public static var offsetDelete: ApiKey { ApiKey(rawValue: 47) }
  public static var describeClientQuotas: ApiKey { ApiKey(rawValue: 48) }
  public static var alterClientQuotas: ApiKey { ApiKey(rawValue: 49) }
  public static var describeUserScramCredentials: ApiKey { ApiKey(rawValue: 50) }
  public static var alterUserScramCredentials: ApiKey { ApiKey(rawValue: 51) }
  public static var vote: ApiKey { ApiKey(rawValue: 52) }
  public static var beginQuorumEpoch: ApiKey { ApiKey(rawValue: 53) }
  public static var endQuorumEpoch: ApiKey { ApiKey(rawValue: 54) }
  public static var describeQuorum: ApiKey { ApiKey(rawValue: 55) }
  public static var alterPartition: ApiKey { ApiKey(rawValue: 56) }
  public static var updateFeatures: ApiKey { ApiKey(rawValue: 57) }
  public static var envelope: ApiKey { ApiKey(rawValue: 58) }
  public static var fetchSnapshot: ApiKey { ApiKey(rawValue: 59) }
  public static var describeCluster: ApiKey { ApiKey(rawValue: 60) }
  public static var describeProducers: ApiKey { ApiKey(rawValue: 61) }
  public static var brokerRegistration: ApiKey { ApiKey(rawValue: 62) }
  public static var brokerHeartbeat: ApiKey { ApiKey(rawValue: 63) }
  public static var unregisterBroker: ApiKey { ApiKey(rawValue: 64) }
  public static var describeTransactions: ApiKey { ApiKey(rawValue: 65) }
  public static var listTransactions: ApiKey { ApiKey(rawValue: 66) }
  public static var allocateProducerIds: ApiKey { ApiKey(rawValue: 67) }
  public static var consumerGroupHeartbeat: ApiKey { ApiKey(rawValue: 68) }
  public static var consumerGroupDescribe: ApiKey { ApiKey(rawValue: 69) }
  public static var controllerRegistration: ApiKey { ApiKey(rawValue: 70) }
  public static var getTelemetrySubscriptions: ApiKey { ApiKey(rawValue: 71) }
  public static var pushTelemetry: ApiKey { ApiKey(rawValue: 72) }
  public static var assignReplicasToDirs: ApiKey { ApiKey(rawValue: 73) }
  public static var listConfigResources: ApiKey { ApiKey(rawValue: 74) }
  public static var describeTopicPartitions: ApiKey { ApiKey(rawValue: 75) }
  public static var shareGroupHeartbeat: ApiKey { ApiKey(rawValue: 76) }
  public static var shareGroupDescribe: ApiKey { ApiKey(rawValue: 77) }
  public static var shareFetch: ApiKey { ApiKey(rawValue: 78) }
  public static var shareAcknowledge: ApiKey { ApiKey(rawValue: 79) }
  public static var addRaftVoter: ApiKey { ApiKey(rawValue: 80) }
  public static var removeRaftVoter: ApiKey { ApiKey(rawValue: 81) }
  public static var updateRaftVoter: ApiKey { ApiKey(rawValue: 82) }
  public static var initializeShareGroupState: ApiKey { ApiKey(rawValue: 83) }
  public static var readShareGroupState: ApiKey { ApiKey(rawValue: 84) }
  public static var writeShareGroupState: ApiKey { ApiKey(rawValue: 85) }
  public static var deleteShareGroupState: ApiKey { ApiKey(rawValue: 86) }
  public static var readShareGroupStateSummary: ApiKey { ApiKey(rawValue: 87) }
  public static var streamsGroupHeartbeat: ApiKey { ApiKey(rawValue: 88) }
  public static var streamsGroupDescribe: ApiKey { ApiKey(rawValue: 89) }
  public static var describeShareGroupOffsets: ApiKey { ApiKey(rawValue: 90) }
  public static var alterShareGroupOffsets: ApiKey { ApiKey(rawValue: 91) }
  public static var deleteShareGroupOffsets: ApiKey { ApiKey(rawValue: 92) }

  /// Every API of Kafka 4.3, in ascending order. Numbers 4 to 7 belonged to APIs that have been removed.
  public static let all: [ApiKey] = facts.indices.filter { facts[$0].name != "" }.map { ApiKey(rawValue: Int16($0)) }
}
