import Host
import Log
import Primitives
import Wire

extension QuorumReplica {
  /// Gives a replica a piece of a snapshot (`KafkaRaftClient.handleFetchSnapshotRequest`). The pieces are cut where it wants them, also inside of a batch.
  /// Where the leader listens is told from version 1 on, which has a place for it (KIP-853).
  func handleFetchSnapshot(_ request: FetchSnapshotRequest, version: Int16 = FetchSnapshotRequest.validVersions.upperBound) -> FetchSnapshotResponse {
    var answer = answer(to: request)
    guard version >= 1, !answer.topics.isEmpty, let leader else { return answer }
    answer.nodeEndpoints = [.init(leader.id, leader.address)]
    return answer
  }

  private func answer(to request: FetchSnapshotRequest) -> FetchSnapshotResponse {
    guard isOwnCluster(request.clusterId), request.topics.count == 1, request.topics[0].partitions.count == 1,
      let wanted = request.topics[0].partitions.first
    else {
      var refusal = FetchSnapshotResponse()
      refusal.errorCode = isOwnCluster(request.clusterId) ? .invalidRequest : .inconsistentClusterId
      return refusal
    }
    let name = request.topics[0].name
    guard name == Self.partition.topic, wanted.partition == 0 else {
      return response(name, wanted.partition) { $0.errorCode = .unknownTopicOrPartition }
    }
    if let error = refusal(ofEpoch: wanted.currentLeaderEpoch) {
      mark(.snapshotFetchOfOtherEpoch)
      return response(name) { $0.errorCode = error }
    }
    guard let leading else { return response(name) { $0.errorCode = .notLeaderOrFollower } }
    let id = SnapshotID(endOffset: Offset(wanted.snapshotId.endOffset), epoch: LeaderEpoch(wanted.snapshotId.epoch))
    // The bootstrap snapshot is each replica's own.
    guard id != .bootstrap, let size = snapshots.size(of: id) else {
      mark(.snapshotGone)
      return response(name) { $0.errorCode = .snapshotNotFound }
    }
    guard wanted.position >= 0, wanted.position < size else { return response(name) { $0.errorCode = .positionOutOfRange } }
    leading.updateContact(of: ReplicaKey(id: NodeID(request.replicaId), directory: wanted.replicaDirectoryId), at: reactor.now)
    do {
      let bytes = try snapshots.read(id, at: Int(clamping: wanted.position), count: min(max(0, Int(request.maxBytes)), Self.largestPiece))
      return response(name) {
        ($0.snapshotId.endOffset, $0.snapshotId.epoch) = (id.endOffset.value, id.epoch.value)
        ($0.size, $0.position, $0.unalignedRecords) = (Int64(size), wanted.position, bytes)
      }
    } catch {
      guard error.error == .notFound else { return response(name) { $0.errorCode = .kafkaStorageError } }
      // Somebody else removed it (`KafkaMetadataLog.readSnapshot`).
      reactor.host.report(.warning("\(error.path) is no longer there"))
      snapshots.forget(id)
      return response(name) { $0.errorCode = .snapshotNotFound }
    }
  }

  /// Kafka's replicas ask for as much at most (`KafkaRaftClient.MAX_FETCH_SIZE_BYTES`); its leaders give as much as is asked for.
  private static let largestPiece = 8 << 20

  private func response(
    _ topicName: String, _ index: Int32 = 0, _ fill: (inout FetchSnapshotResponse.PartitionSnapshot) -> Void
  ) -> FetchSnapshotResponse {
    var partition = FetchSnapshotResponse.PartitionSnapshot()
    partition.index = index
    partition.currentLeader.leaderId = (role.leader ?? .none).value
    partition.currentLeader.leaderEpoch = role.epoch.value
    partition.unalignedRecords = .empty
    fill(&partition)
    var topic = FetchSnapshotResponse.TopicSnapshot()
    topic.name = topicName
    topic.partitions = [partition]
    var response = FetchSnapshotResponse()
    response.topics = [topic]
    return response
  }
}

extension SnapshotStore {
  fileprivate func read(_ id: SnapshotID, at position: Int, count: Int) throws(DiskFailure) -> Bytes {
    let file = try files.open(id.fileName, creating: false)
    defer { files.disk.close(file) }
    return try files.read(file, id.fileName, at: position, count: count)
  }
}
