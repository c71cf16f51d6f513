import Results
import Wire

extension ApiKey {
  /// What its requests say, beyond their sender being there.
  var requestWeight: TimelineExchange.Weight {
    switch self {
    case .heartbeat, .brokerHeartbeat, .consumerGroupHeartbeat: .presence
    case .produce: .records
    case .fetch, .fetchSnapshot, .listOffsets, .offsetFetch, .metadata, .apiVersions, .findCoordinator, .describeGroups, .listGroups, .describeConfigs, .describeCluster,
      .describeQuorum, .describeProducers, .describeTransactions, .listTransactions, .describeTopicPartitions, .listPartitionReassignments, .consumerGroupDescribe:
      .inquiry
    default: .decision
    }
  }

  /// The same of its responses.
  ///
  /// - Parameter isOfMetadata: Whether a controller sends it.
  func responseWeight(carriesRecords: Bool, isOfMetadata: Bool) -> TimelineExchange.Weight {
    self == .fetch && carriesRecords ? (isOfMetadata ? .metadata : .records) : requestWeight
  }
}
