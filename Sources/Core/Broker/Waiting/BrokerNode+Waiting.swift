import Coordination
import Groups
import Host
import Primitives
import Replication
import Transport
import Wire

// What waits at a broker, for observers. Nothing here changes what happens.

extension BrokerNode {
  /// What a request waits for that came on a connection; nil where it is not here: it never came, or was answered.
  public func wait(ofRequest correlationID: Int32, on connection: ConnectionID) -> RequestWait? {
    guard let broker, let received = broker.server?.findRequest(correlationID, on: connection) else { return nil }
    switch received {
    case .waiting(let other): return .request(other.apiKey)
    case .inProgress(let request): return RequestWaits(broker: broker, request: request).wait
    }
  }

  /// How far this broker has come as the coordinator of the groups in a partition of `__consumer_offsets`.
  public func standing(ofGroupsIn partition: Int32) -> CoordinatorStanding { broker?.groups.runtime.standing(of: partition) ?? .absent }

  /// How far this broker has come as the coordinator of the transactional ids in a partition of `__transaction_state`.
  public func standing(ofTransactionsIn partition: Int32) -> CoordinatorStanding { broker?.transactions.runtime.standing(of: partition) ?? .absent }

  /// What keeps a group from being stable as this coordinator has decided so far; nil where nothing does, or it knows no such group.
  public func wait(ofGroup group: String) -> GroupWait? {
    guard let groups = broker?.groups else { return nil }
    return groups.runtime.decidedShard(of: groups.partition(of: group))?.wait(of: group)
  }

  /// What this coordinator has decided so far about a transactional id, committed or not; nil if it does not know the id.
  public func decidedTransaction(of transactionalID: String) -> DescribeTransactionsResponse.TransactionState? {
    guard let transactions = broker?.transactions else { return nil }
    let runtime = transactions.runtime
    let state = runtime.decidedShard(of: transactions.partition(of: transactionalID))?.describe(transactionalID, at: runtime.time)
    return state?.errorCode == ErrorCode.none ? state : nil
  }

  /// How this coordinator carries out the end of a transaction; nil if it does not.
  public func end(ofTransaction transactionalID: String) -> TransactionEnd? { broker?.transactions.markers.end(of: transactionalID) }
}

/// What a request in progress waits for: found by what it asks, since handlers keep no list of what they wait for.
private struct RequestWaits {
  let broker: RunningBroker
  let request: IncomingRequest

  var wait: RequestWait {
    switch request.apiKey {
    case .produce: append ?? verification((try? request.decode(ProduceRequest.self))?.transactionalId)
    case .fetch: broker.replicaManager.waitingFetch(of: request).map { .fetch($0) } ?? .nothing
    case .deleteRecords: deletion
    case .joinGroup: (try? request.decode(JoinGroupRequest.self)).map { ofGroup($0.groupId) } ?? .nothing
    case .syncGroup: (try? request.decode(SyncGroupRequest.self)).map { ofGroup($0.groupId) } ?? .nothing
    case .writeTxnMarkers: markers
    case .initProducerId: commit ?? .controller(.allocateProducerIds)
    case .txnOffsetCommit: commit ?? verification((try? request.decode(TxnOffsetCommitRequest.self))?.transactionalId)
    case .createTopics, .deleteTopics, .createPartitions, .electLeaders, .alterPartitionReassignments, .listPartitionReassignments, .describeQuorum, .updateFeatures,
      .unregisterBroker, .addRaftVoter, .removeRaftVoter, .alterConfigs, .incrementalAlterConfigs:
      .controller(request.apiKey)
    default: commit ?? .nothing
    }
  }

  /// A transactional batch is appended, and offsets are committed, once the coordinator of the transaction knows the partition.
  private func verification(_ id: String?) -> RequestWait { id.map { .verification(transactionalID: $0) } ?? .nothing }

  private var append: RequestWait? {
    broker.replicaManager.waitingAppend { ($0 as? ProduceAnswer)?.answers(request) ?? false }.map { .append($0) }
  }

  private var deletion: RequestWait {
    guard let request = try? request.decode(DeleteRecordsRequest.self) else { return .nothing }
    for topic in request.topics {
      for partition in topic.partitions {
        guard let replica = broker.replicaManager.partition(named: TopicPartition(topic.name, partition.partitionIndex)),
          let offset = broker.replicaManager.awaitedLowWatermark(of: replica)
        else { continue }
        return .deletion(replica, lowWatermark: offset)
      }
    }
    return .nothing
  }

  /// A member that has joined or synced waits for the others, or for the commit of what the leader assigned.
  private func ofGroup(_ id: String) -> RequestWait {
    let number = broker.groups.partition(of: id)
    if broker.groups.runtime.decidedShard(of: number)?.wait(of: id).map({ $0.isForMembers }) == true { return .group(id) }
    return commit(in: TopicName.consumerOffsets, number, broker.groups.runtime.standing(of: number)) ?? .nothing
  }

  private var markers: RequestWait {
    guard let request = try? request.decode(WriteTxnMarkersRequest.self) else { return .nothing }
    let partitions = request.markers.flatMap { $0.topics.flatMap { topic in topic.partitionIndexes.map { TopicPartition(topic.name, $0) } } }
    if let append = broker.replicaManager.waitingAppend(in: partitions) { return .append(append) }
    for partition in partitions where partition.topic == TopicName.consumerOffsets {
      let standing = broker.groups.runtime.standing(of: partition.partition)
      if let commit = commit(in: partition.topic, partition.partition, standing) { return commit }
    }
    return .nothing
  }

  /// What coordinators decide is answered once it is committed.
  private var commit: RequestWait? {
    if let id = transactionalID {
      let number = broker.transactions.partition(of: id)
      return commit(in: TopicName.transactionState, number, broker.transactions.runtime.standing(of: number))
    }
    guard let group else { return nil }
    let number = broker.groups.partition(of: group)
    return commit(in: TopicName.consumerOffsets, number, broker.groups.runtime.standing(of: number))
  }

  private func commit(in topic: String, _ number: Int32, _ standing: CoordinatorStanding) -> RequestWait? {
    if case .uncommitted = standing { .commit(TopicPartition(topic, number)) } else { nil }
  }

  /// Of a request to a transaction coordinator.
  private var transactionalID: String? {
    switch request.apiKey {
    case .initProducerId: (try? request.decode(InitProducerIdRequest.self))?.transactionalId
    case .endTxn: (try? request.decode(EndTxnRequest.self))?.transactionalId
    case .addOffsetsToTxn: (try? request.decode(AddOffsetsToTxnRequest.self))?.transactionalId
    case .addPartitionsToTxn:
      (try? request.decode(AddPartitionsToTxnRequest.self)).flatMap { $0.transactions.first?.transactionalId ?? $0.v3AndBelowTransactionalId }
    default: nil
    }
  }

  /// Of a request to a group coordinator.
  private var group: String? {
    switch request.apiKey {
    case .heartbeat: (try? request.decode(HeartbeatRequest.self))?.groupId
    case .leaveGroup: (try? request.decode(LeaveGroupRequest.self))?.groupId
    case .offsetCommit: (try? request.decode(OffsetCommitRequest.self))?.groupId
    case .txnOffsetCommit: (try? request.decode(TxnOffsetCommitRequest.self))?.groupId
    case .consumerGroupHeartbeat: (try? request.decode(ConsumerGroupHeartbeatRequest.self))?.groupId
    case .offsetDelete: (try? request.decode(OffsetDeleteRequest.self))?.groupId
    case .deleteGroups: (try? request.decode(DeleteGroupsRequest.self))?.groupsNames.first
    default: nil
    }
  }
}

extension GroupWait {
  /// Whether its members are what it waits for, or something that they decide.
  fileprivate var isForMembers: Bool {
    switch self {
    case .furtherMembers, .revocation, .heartbeat, .assignment: true
    case .joins(let members, _), .syncs(let members, _, _): !members.isEmpty
    }
  }
}
