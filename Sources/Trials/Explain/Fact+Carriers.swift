import Wire

extension Fact.Kind {
  /// The messages that can have brought about what is of this kind. No other one is told of: heartbeats, and fetches that carry nothing, say only that their sender is there.
  var carriers: [ApiKey] {
    switch self {
    case .elected: [.electLeaders, .alterPartitionReassignments]
    case .isr: [.alterPartition]
    case .truncated: [.offsetForLeaderEpoch]
    case .deleted: [.deleteRecords]
    case .topicChanged: [.createTopics, .deleteTopics]
    case .controllerElected: [.vote]
    case .votersAppended: [.addRaftVoter, .removeRaftVoter, .updateRaftVoter]
    case .marker: [.writeTxnMarkers]
    case .transactionChanged: [.endTxn, .initProducerId, .addPartitionsToTxn, .addOffsetsToTxn]
    case .producerFenced: [.endTxn, .initProducerId, .addPartitionsToTxn, .addOffsetsToTxn, .txnOffsetCommit]
    case .offsetCommitted: [.offsetCommit, .txnOffsetCommit]
    case .memberJoined, .memberRemoved, .groupChanged: [.joinGroup, .syncGroup, .leaveGroup]
    case .memberFenced: [.offsetCommit, .joinGroup, .syncGroup]
    default: []
    }
  }
}
