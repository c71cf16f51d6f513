import Host
import Log
import Primitives
import Transport
import Wire

extension QuorumReplica {
  /// The leader no longer has what follows this replica's log, and names a snapshot instead (`KafkaRaftClient.handleFetchResponse`).
  func beginSnapshotFetch(_ named: FetchResponse.SnapshotId) {
    guard case .follower(let epoch, let leader) = role, named.endOffset > 0, named.epoch >= 0, named.epoch <= epoch.value, named.endOffset < Offset.lastEnd.value
    else { return retry() }
    let id = SnapshotID(endOffset: Offset(named.endOffset), epoch: LeaderEpoch(named.epoch))
    let committed = endOfCommitted
    guard Self.isAhead(id, of: log), id.endOffset >= committed else {
      mark(.snapshotBehindCommitted)
      return fail(
        "the leader begins with a snapshot of everything below offset \(id.endOffset) of epoch \(id.epoch), and here everything below \(committed) was committed, "
          + "up to epoch \(latestEpoch): the controller lost what it had (a damaged, emptied or replaced log). \(remedyForLostLog)")
    }
    // Already stored: its rename was not followed by the end of the log, which the next start sees to.
    guard !snapshots.contains(id) else {
      mark(.snapshotAlreadyStored)
      return retry()
    }
    do throws(DiskFailure) {
      snapshotFetch = SnapshotFetch(try snapshots.makeWriter(id, reactor), leader: leader, epoch: epoch)
    } catch {
      return fail("the snapshot \(id.fileName) of the metadata cannot be written: \(error)")
    }
    fetch()
  }

  /// Ends with the leadership that it was about, and where it is of no use.
  func endSnapshotFetch() {
    snapshotFetch?.writer.discard()
    snapshotFetch = nil
  }

  /// A disk may take longer than a leader may be silent. Kafka's replica does nothing else meanwhile (`FileRawSnapshotWriter.freeze`).
  var isStoringSnapshot: Bool { snapshotFetch?.isComplete == true }

  /// The role has changed.
  func endSnapshotFetchOfFormerLeader() {
    guard let fetching = snapshotFetch else { return }
    if case .follower(fetching.epoch, fetching.leader) = role { return }
    mark(.snapshotFetchOvertaken)
    endSnapshotFetch()
  }

  /// Asks for the next piece.
  func fetchPiece(of fetching: SnapshotFetch, from leader: Address) {
    fetchNumber += 1
    let number = fetchNumber
    sender.send(request(for: fetching), to: leader, timeout: configuration.requestTimeout) { [weak self] result in
      guard let self, number == self.fetchNumber, !self.hasFailed, self.snapshotFetch === fetching else { return }
      switch result {
      case .success(let response): self.take(response, of: fetching)
      case .failure:
        mark(.snapshotFetchUnanswered)
        self.retryElsewhere()
      }
    }
  }

  private func request(for fetching: SnapshotFetch) -> FetchSnapshotRequest {
    var partition = FetchSnapshotRequest.PartitionSnapshot()
    partition.currentLeaderEpoch = role.epoch.value
    partition.snapshotId.endOffset = fetching.writer.id.endOffset.value
    partition.snapshotId.epoch = fetching.writer.id.epoch.value
    partition.position = Int64(fetching.writer.sizeInBytes)
    partition.replicaDirectoryId = replica.directoryID
    var topic = FetchSnapshotRequest.TopicSnapshot()
    topic.name = Self.partition.topic
    topic.partitions = [partition]
    var request = FetchSnapshotRequest()
    request.clusterId = configuration.clusterID
    request.replicaId = configuration.nodeID.value
    request.maxBytes = Int32(clamping: configuration.fetchSnapshotMaxBytes)
    request.topics = [topic]
    return request
  }

  private func take(_ response: FetchSnapshotResponse, of fetching: SnapshotFetch) {
    guard let piece = response.topics.first?.partitions.first, response.errorCode == .none else { return handleRefusal(response.errorCode) }
    let leader = piece.currentLeader
    if takeUpLeader(leader.leaderId, leader.leaderEpoch, at: response.nodeEndpoints.address(of: leader.leaderId), error: piece.errorCode) { return }
    let id = fetching.writer.id
    switch piece.errorCode {
    case .none where piece.snapshotId.endOffset == id.endOffset.value && piece.snapshotId.epoch == id.epoch.value: break
    case .snapshotNotFound:
      // The leader has deleted it meanwhile. What it has instead is the answer to a fetch.
      mark(.snapshotDeletedWhileFetched)
      updateLeaderContact()
      endSnapshotFetch()
      return fetch()
    default:
      endSnapshotFetch()
      return retryElsewhere()
    }
    updateLeaderContact()
    let position = Int64(fetching.writer.sizeInBytes)
    guard let bytes = piece.unalignedRecords, !bytes.isEmpty, piece.position == position, Int64(bytes.count) <= piece.size.saturatingSubtracting(position) else {
      endSnapshotFetch()
      return retry()
    }
    do throws(DiskFailure) {
      reactor.host.spend(.copy(bytes: bytes.count))
      try fetching.writer.append(bytes)
    } catch {
      return fail("the snapshot \(id.fileName) of the metadata cannot be written: \(error)")
    }
    if Int64(fetching.writer.sizeInBytes) == piece.size { complete(fetching) } else { fetch() }
  }

  /// All of it is there. It is read before the log gives way to it. (Kafka reads it when it loads it, and ends where it is damaged.)
  private func complete(_ fetching: SnapshotFetch) {
    let id = fetching.writer.id
    do throws(LogError) {
      reactor.host.spend(.checksum(bytes: fetching.writer.sizeInBytes))
      try fetching.writer.check()
    } catch {
      guard case .damaged = error else { return fail("the snapshot \(id.fileName) of the metadata cannot be read: \(error)") }
      mark(.snapshotDamagedInTransit)
      if brokenSnapshot != id { reactor.host.report(.warning("node \(fetching.leader) sent a snapshot that is none, which is not taken: \(error)")) }
      brokenSnapshot = id
      endSnapshotFetch()
      return retry()
    }
    fetching.isComplete = true
    fetching.writer.finish { [unowned self] failure in
      guard snapshotFetch === fetching, !hasFailed else { return }
      if let failure { return fail("the snapshot \(id.fileName) of the metadata cannot be written: \(failure)") }
      snapshotFetch = nil
      adopt(id, size: fetching.writer.sizeInBytes)
    }
  }

  /// The log begins anew behind the snapshot, and the listener with it.
  private func adopt(_ id: SnapshotID, size: Int) {
    mark(.snapshotAdopted)
    abandonSnapshot()
    snapshots.add(id, size: size)
    do throws(LogError) {
      try log.truncateFully(startingAt: id.endOffset, reason: .snapshot, highWatermark: highWatermark)
      try forgetSnapshots(before: id)
      try reloadVoters()
    } catch {
      return fail("the metadata log cannot give way to the snapshot \(id.fileName): \(error)")
    }
    lastLeaderContact = reactor.now
    durableEndOffset = id.endOffset
    highWatermark = max(highWatermark, id.endOffset)
    loadSnapshot()
    requireAdoption(of: id)
    fetch()
  }
}
