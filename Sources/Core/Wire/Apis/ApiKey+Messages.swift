extension ApiKey {
  /// The type of the request; nil if the API is unknown.
  public var requestType: (any ApiRequest.Type)? {
    switch self {
    case .produce: ProduceRequest.self
    case .fetch: FetchRequest.self
    case .listOffsets: ListOffsetsRequest.self
    case .metadata: MetadataRequest.self
    case .offsetCommit: OffsetCommitRequest.self
    case .offsetFetch: OffsetFetchRequest.self
    case .findCoordinator: FindCoordinatorRequest.self
    case .joinGroup: JoinGroupRequest.self
    case .heartbeat: HeartbeatRequest.self
    case .leaveGroup: LeaveGroupRequest.self
    case .syncGroup: SyncGroupRequest.self
    case .describeGroups: DescribeGroupsRequest.self
    case .listGroups: ListGroupsRequest.self
    case .saslHandshake: SaslHandshakeRequest.self
    case .apiVersions: ApiVersionsRequest.self
    case .createTopics: CreateTopicsRequest.self
    case .deleteTopics: DeleteTopicsRequest.self
    case .deleteRecords: DeleteRecordsRequest.self
    case .initProducerId: InitProducerIdRequest.self
    case .offsetForLeaderEpoch: OffsetForLeaderEpochRequest.self
    case .addPartitionsToTxn: AddPartitionsToTxnRequest.self
    case .addOffsetsToTxn: AddOffsetsToTxnRequest.self
    case .endTxn: EndTxnRequest.self
    case .writeTxnMarkers: WriteTxnMarkersRequest.self
    case .txnOffsetCommit: TxnOffsetCommitRequest.self
    case .describeAcls: DescribeAclsRequest.self
    case .createAcls: CreateAclsRequest.self
    case .deleteAcls: DeleteAclsRequest.self
    case .describeConfigs: DescribeConfigsRequest.self
    case .alterConfigs: AlterConfigsRequest.self
    case .alterReplicaLogDirs: AlterReplicaLogDirsRequest.self
    case .describeLogDirs: DescribeLogDirsRequest.self
    case .saslAuthenticate: SaslAuthenticateRequest.self
    case .createPartitions: CreatePartitionsRequest.self
    case .createDelegationToken: CreateDelegationTokenRequest.self
    case .renewDelegationToken: RenewDelegationTokenRequest.self
    case .expireDelegationToken: ExpireDelegationTokenRequest.self
    case .describeDelegationToken: DescribeDelegationTokenRequest.self
    case .deleteGroups: DeleteGroupsRequest.self
    case .electLeaders: ElectLeadersRequest.self
    case .incrementalAlterConfigs: IncrementalAlterConfigsRequest.self
    case .alterPartitionReassignments: AlterPartitionReassignmentsRequest.self
    case .listPartitionReassignments: ListPartitionReassignmentsRequest.self
    case .offsetDelete: OffsetDeleteRequest.self
    case .describeClientQuotas: DescribeClientQuotasRequest.self
    case .alterClientQuotas: AlterClientQuotasRequest.self
    case .describeUserScramCredentials: DescribeUserScramCredentialsRequest.self
    case .alterUserScramCredentials: AlterUserScramCredentialsRequest.self
    case .vote: VoteRequest.self
    case .beginQuorumEpoch: BeginQuorumEpochRequest.self
    case .endQuorumEpoch: EndQuorumEpochRequest.self
    case .describeQuorum: DescribeQuorumRequest.self
    case .alterPartition: AlterPartitionRequest.self
    case .updateFeatures: UpdateFeaturesRequest.self
    case .envelope: EnvelopeRequest.self
    case .fetchSnapshot: FetchSnapshotRequest.self
    case .describeCluster: DescribeClusterRequest.self
    case .describeProducers: DescribeProducersRequest.self
    case .brokerRegistration: BrokerRegistrationRequest.self
    case .brokerHeartbeat: BrokerHeartbeatRequest.self
    case .unregisterBroker: UnregisterBrokerRequest.self
    case .describeTransactions: DescribeTransactionsRequest.self
    case .listTransactions: ListTransactionsRequest.self
    case .allocateProducerIds: AllocateProducerIdsRequest.self
    case .consumerGroupHeartbeat: ConsumerGroupHeartbeatRequest.self
    case .consumerGroupDescribe: ConsumerGroupDescribeRequest.self
    case .controllerRegistration: ControllerRegistrationRequest.self
    case .getTelemetrySubscriptions: GetTelemetrySubscriptionsRequest.self
    case .pushTelemetry: PushTelemetryRequest.self
    case .assignReplicasToDirs: AssignReplicasToDirsRequest.self
    case .listConfigResources: ListConfigResourcesRequest.self
    case .describeTopicPartitions: DescribeTopicPartitionsRequest.self
    case .shareGroupHeartbeat: ShareGroupHeartbeatRequest.self
    case .shareGroupDescribe: ShareGroupDescribeRequest.self
    case .shareFetch: ShareFetchRequest.self
    case .shareAcknowledge: ShareAcknowledgeRequest.self
    case .addRaftVoter: AddRaftVoterRequest.self
    case .removeRaftVoter: RemoveRaftVoterRequest.self
    case .updateRaftVoter: UpdateRaftVoterRequest.self
    case .initializeShareGroupState: InitializeShareGroupStateRequest.self
    case .readShareGroupState: ReadShareGroupStateRequest.self
    case .writeShareGroupState: WriteShareGroupStateRequest.self
    case .deleteShareGroupState: DeleteShareGroupStateRequest.self
    case .readShareGroupStateSummary: ReadShareGroupStateSummaryRequest.self
    case .streamsGroupHeartbeat: StreamsGroupHeartbeatRequest.self
    case .streamsGroupDescribe: StreamsGroupDescribeRequest.self
    case .describeShareGroupOffsets: DescribeShareGroupOffsetsRequest.self
    case .alterShareGroupOffsets: AlterShareGroupOffsetsRequest.self
    case .deleteShareGroupOffsets: DeleteShareGroupOffsetsRequest.self
    default: nil
    }
  }

  /// The type of the response; nil if the API is unknown.
  public var responseType: (any ApiMessage.Type)? { requestType?.responseType }
}

extension ApiRequest {
  fileprivate static var responseType: any ApiMessage.Type { Response.self }
}
