/// The error codes of Kafka's protocol.
public struct ErrorCode: RawRepresentable, Error, Hashable, Sendable {
  public var rawValue: Int16

  @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }

  public static var unknownServerError: ErrorCode { ErrorCode(rawValue: -1) }
  public static var none: ErrorCode { ErrorCode(rawValue: 0) }
  public static var offsetOutOfRange: ErrorCode { ErrorCode(rawValue: 1) }
  public static var corruptMessage: ErrorCode { ErrorCode(rawValue: 2) }
  public static var unknownTopicOrPartition: ErrorCode { ErrorCode(rawValue: 3) }
  public static var invalidFetchSize: ErrorCode { ErrorCode(rawValue: 4) }
  public static var leaderNotAvailable: ErrorCode { ErrorCode(rawValue: 5) }
  public static var notLeaderOrFollower: ErrorCode { ErrorCode(rawValue: 6) }
  public static var requestTimedOut: ErrorCode { ErrorCode(rawValue: 7) }
  public static var brokerNotAvailable: ErrorCode { ErrorCode(rawValue: 8) }
  public static var replicaNotAvailable: ErrorCode { ErrorCode(rawValue: 9) }
  public static var messageTooLarge: ErrorCode { ErrorCode(rawValue: 10) }
  public static var staleControllerEpoch: ErrorCode { ErrorCode(rawValue: 11) }
  public static var offsetMetadataTooLarge: ErrorCode { ErrorCode(rawValue: 12) }
  public static var networkException: ErrorCode { ErrorCode(rawValue: 13) }
  public static var coordinatorLoadInProgress: ErrorCode { ErrorCode(rawValue: 14) }
  public static var coordinatorNotAvailable: ErrorCode { ErrorCode(rawValue: 15) }
  public static var notCoordinator: ErrorCode { ErrorCode(rawValue: 16) }
  public static var invalidTopicException: ErrorCode { ErrorCode(rawValue: 17) }
  public static var recordListTooLarge: ErrorCode { ErrorCode(rawValue: 18) }
  public static var notEnoughReplicas: ErrorCode { ErrorCode(rawValue: 19) }
  public static var notEnoughReplicasAfterAppend: ErrorCode { ErrorCode(rawValue: 20) }
  public static var invalidRequiredAcks: ErrorCode { ErrorCode(rawValue: 21) }
  public static var illegalGeneration: ErrorCode { ErrorCode(rawValue: 22) }
  public static var inconsistentGroupProtocol: ErrorCode { ErrorCode(rawValue: 23) }
  public static var invalidGroupId: ErrorCode { ErrorCode(rawValue: 24) }
  public static var unknownMemberId: ErrorCode { ErrorCode(rawValue: 25) }
  public static var invalidSessionTimeout: ErrorCode { ErrorCode(rawValue: 26) }
  public static var rebalanceInProgress: ErrorCode { ErrorCode(rawValue: 27) }
  public static var invalidCommitOffsetSize: ErrorCode { ErrorCode(rawValue: 28) }
  public static var topicAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 29) }
  public static var groupAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 30) }
  public static var clusterAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 31) }
  public static var invalidTimestamp: ErrorCode { ErrorCode(rawValue: 32) }
  public static var unsupportedSaslMechanism: ErrorCode { ErrorCode(rawValue: 33) }
  public static var illegalSaslState: ErrorCode { ErrorCode(rawValue: 34) }
  public static var unsupportedVersion: ErrorCode { ErrorCode(rawValue: 35) }
  public static var topicAlreadyExists: ErrorCode { ErrorCode(rawValue: 36) }
  public static var invalidPartitions: ErrorCode { ErrorCode(rawValue: 37) }
  public static var invalidReplicationFactor: ErrorCode { ErrorCode(rawValue: 38) }
  public static var invalidReplicaAssignment: ErrorCode { ErrorCode(rawValue: 39) }
  public static var invalidConfig: ErrorCode { ErrorCode(rawValue: 40) }
  public static var notController: ErrorCode { ErrorCode(rawValue: 41) }
  public static var invalidRequest: ErrorCode { ErrorCode(rawValue: 42) }
  public static var unsupportedForMessageFormat: ErrorCode { ErrorCode(rawValue: 43) }
  public static var policyViolation: ErrorCode { ErrorCode(rawValue: 44) }
  public static var outOfOrderSequenceNumber: ErrorCode { ErrorCode(rawValue: 45) }
  public static var duplicateSequenceNumber: ErrorCode { ErrorCode(rawValue: 46) }
  public static var invalidProducerEpoch: ErrorCode { ErrorCode(rawValue: 47) }
  public static var invalidTxnState: ErrorCode { ErrorCode(rawValue: 48) }
  public static var invalidProducerIdMapping: ErrorCode { ErrorCode(rawValue: 49) }
  public static var invalidTransactionTimeout: ErrorCode { ErrorCode(rawValue: 50) }
  public static var concurrentTransactions: ErrorCode { ErrorCode(rawValue: 51) }
  public static var transactionCoordinatorFenced: ErrorCode { ErrorCode(rawValue: 52) }
  public static var transactionalIdAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 53) }
  public static var securityDisabled: ErrorCode { ErrorCode(rawValue: 54) }
  public static var operationNotAttempted: ErrorCode { ErrorCode(rawValue: 55) }
  public static var kafkaStorageError: ErrorCode { ErrorCode(rawValue: 56) }
  public static var logDirNotFound: ErrorCode { ErrorCode(rawValue: 57) }
  public static var saslAuthenticationFailed: ErrorCode { ErrorCode(rawValue: 58) }
  public static var unknownProducerId: ErrorCode { ErrorCode(rawValue: 59) }
  public static var reassignmentInProgress: ErrorCode { ErrorCode(rawValue: 60) }
  public static var delegationTokenAuthDisabled: ErrorCode { ErrorCode(rawValue: 61) }
  public static var delegationTokenNotFound: ErrorCode { ErrorCode(rawValue: 62) }
  public static var delegationTokenOwnerMismatch: ErrorCode { ErrorCode(rawValue: 63) }
  public static var delegationTokenRequestNotAllowed: ErrorCode { ErrorCode(rawValue: 64) }
  public static var delegationTokenAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 65) }
  public static var delegationTokenExpired: ErrorCode { ErrorCode(rawValue: 66) }
  public static var invalidPrincipalType: ErrorCode { ErrorCode(rawValue: 67) }
  public static var nonEmptyGroup: ErrorCode { ErrorCode(rawValue: 68) }
  public static var groupIdNotFound: ErrorCode { ErrorCode(rawValue: 69) }
  public static var fetchSessionIdNotFound: ErrorCode { ErrorCode(rawValue: 70) }
  public static var invalidFetchSessionEpoch: ErrorCode { ErrorCode(rawValue: 71) }
  public static var listenerNotFound: ErrorCode { ErrorCode(rawValue: 72) }
  public static var topicDeletionDisabled: ErrorCode { ErrorCode(rawValue: 73) }
  public static var fencedLeaderEpoch: ErrorCode { ErrorCode(rawValue: 74) }
  public static var unknownLeaderEpoch: ErrorCode { ErrorCode(rawValue: 75) }
  public static var unsupportedCompressionType: ErrorCode { ErrorCode(rawValue: 76) }
  public static var staleBrokerEpoch: ErrorCode { ErrorCode(rawValue: 77) }
  public static var offsetNotAvailable: ErrorCode { ErrorCode(rawValue: 78) }
  public static var memberIdRequired: ErrorCode { ErrorCode(rawValue: 79) }
  public static var preferredLeaderNotAvailable: ErrorCode { ErrorCode(rawValue: 80) }
  public static var groupMaxSizeReached: ErrorCode { ErrorCode(rawValue: 81) }
  public static var fencedInstanceId: ErrorCode { ErrorCode(rawValue: 82) }
  public static var eligibleLeadersNotAvailable: ErrorCode { ErrorCode(rawValue: 83) }
  public static var electionNotNeeded: ErrorCode { ErrorCode(rawValue: 84) }
  public static var noReassignmentInProgress: ErrorCode { ErrorCode(rawValue: 85) }
  public static var groupSubscribedToTopic: ErrorCode { ErrorCode(rawValue: 86) }
  public static var invalidRecord: ErrorCode { ErrorCode(rawValue: 87) }
  public static var unstableOffsetCommit: ErrorCode { ErrorCode(rawValue: 88) }
  public static var throttlingQuotaExceeded: ErrorCode { ErrorCode(rawValue: 89) }
  public static var producerFenced: ErrorCode { ErrorCode(rawValue: 90) }
  public static var resourceNotFound: ErrorCode { ErrorCode(rawValue: 91) }
  public static var duplicateResource: ErrorCode { ErrorCode(rawValue: 92) }
  public static var unacceptableCredential: ErrorCode { ErrorCode(rawValue: 93) }
  public static var inconsistentVoterSet: ErrorCode { ErrorCode(rawValue: 94) }
  public static var invalidUpdateVersion: ErrorCode { ErrorCode(rawValue: 95) }
  public static var featureUpdateFailed: ErrorCode { ErrorCode(rawValue: 96) }
  public static var principalDeserializationFailure: ErrorCode { ErrorCode(rawValue: 97) }
  public static var snapshotNotFound: ErrorCode { ErrorCode(rawValue: 98) }
  public static var positionOutOfRange: ErrorCode { ErrorCode(rawValue: 99) }
  public static var unknownTopicId: ErrorCode { ErrorCode(rawValue: 100) }
  public static var duplicateBrokerRegistration: ErrorCode { ErrorCode(rawValue: 101) }
  public static var brokerIdNotRegistered: ErrorCode { ErrorCode(rawValue: 102) }
  public static var inconsistentTopicId: ErrorCode { ErrorCode(rawValue: 103) }
  public static var inconsistentClusterId: ErrorCode { ErrorCode(rawValue: 104) }
  public static var transactionalIdNotFound: ErrorCode { ErrorCode(rawValue: 105) }
  public static var fetchSessionTopicIdError: ErrorCode { ErrorCode(rawValue: 106) }
  public static var ineligibleReplica: ErrorCode { ErrorCode(rawValue: 107) }
  public static var newLeaderElected: ErrorCode { ErrorCode(rawValue: 108) }
  public static var offsetMovedToTieredStorage: ErrorCode { ErrorCode(rawValue: 109) }
  public static var fencedMemberEpoch: ErrorCode { ErrorCode(rawValue: 110) }
  public static var unreleasedInstanceId: ErrorCode { ErrorCode(rawValue: 111) }
  public static var unsupportedAssignor: ErrorCode { ErrorCode(rawValue: 112) }
  public static var staleMemberEpoch: ErrorCode { ErrorCode(rawValue: 113) }
  public static var mismatchedEndpointType: ErrorCode { ErrorCode(rawValue: 114) }
  public static var unsupportedEndpointType: ErrorCode { ErrorCode(rawValue: 115) }
  public static var unknownControllerId: ErrorCode { ErrorCode(rawValue: 116) }
  public static var unknownSubscriptionId: ErrorCode { ErrorCode(rawValue: 117) }
  public static var telemetryTooLarge: ErrorCode { ErrorCode(rawValue: 118) }
  public static var invalidRegistration: ErrorCode { ErrorCode(rawValue: 119) }
  public static var transactionAbortable: ErrorCode { ErrorCode(rawValue: 120) }
  public static var invalidRecordState: ErrorCode { ErrorCode(rawValue: 121) }
  public static var shareSessionNotFound: ErrorCode { ErrorCode(rawValue: 122) }
  public static var invalidShareSessionEpoch: ErrorCode { ErrorCode(rawValue: 123) }
  public static var fencedStateEpoch: ErrorCode { ErrorCode(rawValue: 124) }
  public static var invalidVoterKey: ErrorCode { ErrorCode(rawValue: 125) }
  public static var duplicateVoter: ErrorCode { ErrorCode(rawValue: 126) }
  public static var voterNotFound: ErrorCode { ErrorCode(rawValue: 127) }
  public static var invalidRegularExpression: ErrorCode { ErrorCode(rawValue: 128) }
  public static var rebootstrapRequired: ErrorCode { ErrorCode(rawValue: 129) }
  public static var streamsInvalidTopology: ErrorCode { ErrorCode(rawValue: 130) }
  public static var streamsInvalidTopologyEpoch: ErrorCode { ErrorCode(rawValue: 131) }
  public static var streamsTopologyFenced: ErrorCode { ErrorCode(rawValue: 132) }
  public static var shareSessionLimitReached: ErrorCode { ErrorCode(rawValue: 133) }
}

extension ErrorCode {
  /// Kafka's name, such as `NOT_LEADER_OR_FOLLOWER`; the number if a newer peer sent an unknown code.
  public var name: String {
    switch rawValue {
    case -1: "UNKNOWN_SERVER_ERROR"
    case 0: "NONE"
    case 1: "OFFSET_OUT_OF_RANGE"
    case 2: "CORRUPT_MESSAGE"
    case 3: "UNKNOWN_TOPIC_OR_PARTITION"
    case 4: "INVALID_FETCH_SIZE"
    case 5: "LEADER_NOT_AVAILABLE"
    case 6: "NOT_LEADER_OR_FOLLOWER"
    case 7: "REQUEST_TIMED_OUT"
    case 8: "BROKER_NOT_AVAILABLE"
    case 9: "REPLICA_NOT_AVAILABLE"
    case 10: "MESSAGE_TOO_LARGE"
    case 11: "STALE_CONTROLLER_EPOCH"
    case 12: "OFFSET_METADATA_TOO_LARGE"
    case 13: "NETWORK_EXCEPTION"
    case 14: "COORDINATOR_LOAD_IN_PROGRESS"
    case 15: "COORDINATOR_NOT_AVAILABLE"
    case 16: "NOT_COORDINATOR"
    case 17: "INVALID_TOPIC_EXCEPTION"
    case 18: "RECORD_LIST_TOO_LARGE"
    case 19: "NOT_ENOUGH_REPLICAS"
    case 20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND"
    case 21: "INVALID_REQUIRED_ACKS"
    case 22: "ILLEGAL_GENERATION"
    case 23: "INCONSISTENT_GROUP_PROTOCOL"
    case 24: "INVALID_GROUP_ID"
    case 25: "UNKNOWN_MEMBER_ID"
    case 26: "INVALID_SESSION_TIMEOUT"
    case 27: "REBALANCE_IN_PROGRESS"
    case 28: "INVALID_COMMIT_OFFSET_SIZE"
    case 29: "TOPIC_AUTHORIZATION_FAILED"
    case 30: "GROUP_AUTHORIZATION_FAILED"
    case 31: "CLUSTER_AUTHORIZATION_FAILED"
    case 32: "INVALID_TIMESTAMP"
    case 33: "UNSUPPORTED_SASL_MECHANISM"
    case 34: "ILLEGAL_SASL_STATE"
    case 35: "UNSUPPORTED_VERSION"
    case 36: "TOPIC_ALREADY_EXISTS"
    case 37: "INVALID_PARTITIONS"
    case 38: "INVALID_REPLICATION_FACTOR"
    case 39: "INVALID_REPLICA_ASSIGNMENT"
    case 40: "INVALID_CONFIG"
    case 41: "NOT_CONTROLLER"
    case 42: "INVALID_REQUEST"
    case 43: "UNSUPPORTED_FOR_MESSAGE_FORMAT"
    case 44: "POLICY_VIOLATION"
    case 45: "OUT_OF_ORDER_SEQUENCE_NUMBER"
    case 46: "DUPLICATE_SEQUENCE_NUMBER"
    case 47: "INVALID_PRODUCER_EPOCH"
    case 48: "INVALID_TXN_STATE"
    case 49: "INVALID_PRODUCER_ID_MAPPING"
    case 50: "INVALID_TRANSACTION_TIMEOUT"
    case 51: "CONCURRENT_TRANSACTIONS"
    case 52: "TRANSACTION_COORDINATOR_FENCED"
    case 53: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"
    case 54: "SECURITY_DISABLED"
    case 55: "OPERATION_NOT_ATTEMPTED"
    case 56: "KAFKA_STORAGE_ERROR"
    case 57: "LOG_DIR_NOT_FOUND"
    case 58: "SASL_AUTHENTICATION_FAILED"
    case 59: "UNKNOWN_PRODUCER_ID"
    case 60: "REASSIGNMENT_IN_PROGRESS"
    case 61: "DELEGATION_TOKEN_AUTH_DISABLED"
    case 62: "DELEGATION_TOKEN_NOT_FOUND"
    case 63: "DELEGATION_TOKEN_OWNER_MISMATCH"
    case 64: "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED"
    case 65: "DELEGATION_TOKEN_AUTHORIZATION_FAILED"
    case 66: "DELEGATION_TOKEN_EXPIRED"
    case 67: "INVALID_PRINCIPAL_TYPE"
    case 68: "NON_EMPTY_GROUP"
    case 69: "GROUP_ID_NOT_FOUND"
    case 70: "FETCH_SESSION_ID_NOT_FOUND"
    case 71: "INVALID_FETCH_SESSION_EPOCH"
    case 72: "LISTENER_NOT_FOUND"
    case 73: "TOPIC_DELETION_DISABLED"
    case 74: "FENCED_LEADER_EPOCH"
    case 75: "UNKNOWN_LEADER_EPOCH"
    case 76: "UNSUPPORTED_COMPRESSION_TYPE"
    case 77: "STALE_BROKER_EPOCH"
    case 78: "OFFSET_NOT_AVAILABLE"
    case 79: "MEMBER_ID_REQUIRED"
    case 80: "PREFERRED_LEADER_NOT_AVAILABLE"
    case 81: "GROUP_MAX_SIZE_REACHED"
    case 82: "FENCED_INSTANCE_ID"
    case 83: "ELIGIBLE_LEADERS_NOT_AVAILABLE"
    case 84: "ELECTION_NOT_NEEDED"
    case 85: "NO_REASSIGNMENT_IN_PROGRESS"
    case 86: "GROUP_SUBSCRIBED_TO_TOPIC"
    case 87: "INVALID_RECORD"
    case 88: "UNSTABLE_OFFSET_COMMIT"
    case 89: "THROTTLING_QUOTA_EXCEEDED"
    case 90: "PRODUCER_FENCED"
    case 91: "RESOURCE_NOT_FOUND"
    case 92: "DUPLICATE_RESOURCE"
    case 93: "UNACCEPTABLE_CREDENTIAL"
    case 94: "INCONSISTENT_VOTER_SET"
    case 95: "INVALID_UPDATE_VERSION"
    case 96: "FEATURE_UPDATE_FAILED"
    case 97: "PRINCIPAL_DESERIALIZATION_FAILURE"
    case 98: "SNAPSHOT_NOT_FOUND"
    case 99: "POSITION_OUT_OF_RANGE"
    case 100: "UNKNOWN_TOPIC_ID"
    case 101: "DUPLICATE_BROKER_REGISTRATION"
    case 102: "BROKER_ID_NOT_REGISTERED"
    case 103: "INCONSISTENT_TOPIC_ID"
    case 104: "INCONSISTENT_CLUSTER_ID"
    case 105: "TRANSACTIONAL_ID_NOT_FOUND"
    case 106: "FETCH_SESSION_TOPIC_ID_ERROR"
    case 107: "INELIGIBLE_REPLICA"
    case 108: "NEW_LEADER_ELECTED"
    case 109: "OFFSET_MOVED_TO_TIERED_STORAGE"
    case 110: "FENCED_MEMBER_EPOCH"
    case 111: "UNRELEASED_INSTANCE_ID"
    case 112: "UNSUPPORTED_ASSIGNOR"
    case 113: "STALE_MEMBER_EPOCH"
    case 114: "MISMATCHED_ENDPOINT_TYPE"
    case 115: "UNSUPPORTED_ENDPOINT_TYPE"
    case 116: "UNKNOWN_CONTROLLER_ID"
    case 117: "UNKNOWN_SUBSCRIPTION_ID"
    case 118: "TELEMETRY_TOO_LARGE"
    case 119: "INVALID_REGISTRATION"
    case 120: "TRANSACTION_ABORTABLE"
    case 121: "INVALID_RECORD_STATE"
    case 122: "SHARE_SESSION_NOT_FOUND"
    case 123: "INVALID_SHARE_SESSION_EPOCH"
    case 124: "FENCED_STATE_EPOCH"
    case 125: "INVALID_VOTER_KEY"
    case 126: "DUPLICATE_VOTER"
    case 127: "VOTER_NOT_FOUND"
    case 128: "INVALID_REGULAR_EXPRESSION"
    case 129: "REBOOTSTRAP_REQUIRED"
    case 130: "STREAMS_INVALID_TOPOLOGY"
    case 131: "STREAMS_INVALID_TOPOLOGY_EPOCH"
    case 132: "STREAMS_TOPOLOGY_FENCED"
    case 133: "SHARE_SESSION_LIMIT_REACHED"
    default: "ERROR_\(rawValue)"
    }
  }

  /// Whether the same request may succeed later.
  public var isRetriable: Bool {
    switch self {
    case .corruptMessage, .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .requestTimedOut,
      .replicaNotAvailable, .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator,
      .notEnoughReplicas, .notEnoughReplicasAfterAppend, .notController, .concurrentTransactions, .kafkaStorageError,
      .fetchSessionIdNotFound, .invalidFetchSessionEpoch, .listenerNotFound, .fencedLeaderEpoch, .unknownLeaderEpoch,
      .offsetNotAvailable, .preferredLeaderNotAvailable, .eligibleLeadersNotAvailable, .electionNotNeeded,
      .unstableOffsetCommit, .throttlingQuotaExceeded, .unknownTopicId, .inconsistentTopicId, .fetchSessionTopicIdError,
      .shareSessionNotFound, .invalidShareSessionEpoch, .shareSessionLimitReached:
      true
    default: false
    }
  }

  /// Whether the client's view of leaders and topics is out of date: it asks for metadata before it tries again.
  public var isInvalidMetadata: Bool {
    switch self {
    case .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .replicaNotAvailable, .networkException,
      .kafkaStorageError, .listenerNotFound, .fencedLeaderEpoch, .preferredLeaderNotAvailable,
      .eligibleLeadersNotAvailable, .electionNotNeeded, .unknownTopicId, .inconsistentTopicId:
      true
    default: false
    }
  }
}

extension ErrorCode: CustomStringConvertible {
  public var description: String { name }
}
