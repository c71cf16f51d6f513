import Host
import Log
import Primitives
import Wire

// Which voter set is in force at this replica, and what changes with it (KIP-853).

extension QuorumReplica {
  /// This replica, as voter sets name it.
  public var replica: ReplicaKey { configuration.replica }

  /// Whether this replica is a member of the voter set in force.
  public var isVoter: Bool { voters.contains(replica) }

  /// Whether it stands for election where no leader is to be found.
  var mayStand: Bool { isVoter || configuration.switches.standUntilRemovalIsCommitted && isRemovedForNow }

  /// Of a replica that is not in the set in force: whether the set before has it, and that in force is not known to be committed.
  private var isRemovedForNow: Bool { history.sets.dropLast().last?.value.contains(replica) ?? false && voterSetOffset.map { $0 >= highWatermark } ?? false }

  /// 0 where the voters are those of the configuration, 1 where they stand in the log.
  public var kraftVersion: Int16 { history.kraftVersion }

  /// Whether the voters are those of the configuration, and cannot change.
  var hasStaticVoters: Bool { !configuration.hasDirectories && kraftVersion == 0 }

  /// Where the record of the voter set in force stands; nil for a configured set, -1 for the one that the directory was formatted with.
  public var voterSetOffset: Offset? { history.sets.last?.offset }

  // MARK: Reading

  /// What the newest snapshot and the log behind it say of the voters.
  static func history(of log: PartitionLog, _ snapshots: SnapshotStore, _ configuration: QuorumConfiguration) throws(LogError) -> VoterSetHistory {
    var history = VoterSetHistory(configured: configuration.voters), next = log.logStartOffset
    if let latest = snapshots.latest {
      let snapshot = snapshots.snapshot(latest)
      for record in try snapshot.quorumRecords() { history.add(record, at: snapshot.lastOffset) }
      next = max(next, latest.endOffset)
    }
    while next < log.logEndOffset {
      let slice = try log.read(from: next, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true)
      guard !slice.isEmpty else { break }
      do {
        for batch in try RecordBatch.splitting(slice.records) where batch.lastOffset >= next {
          for (offset, record) in try batch.quorumRecords() { history.add(record, at: offset) }
          next = batch.nextOffset
        }
      } catch {
        throw .damaged(path: configuration.directory, reason: "the voters cannot be read from the log behind offset \(next): \(error)")
      }
    }
    return history
  }

  /// Takes up what a part of the log says that was just appended.
  func takeUpVoters(in records: Bytes) throws {
    var position = 0
    while let batch = try RecordBatch.next(in: records, at: position) {
      if batch.isControl { try takeUpVoters(in: batch) }
      position += batch.sizeInBytes
    }
  }

  func takeUpVoters(in batch: RecordBatch) throws {
    for (offset, record) in try batch.quorumRecords() {
      history.add(record, at: offset)
      guard case .voters(let voters) = record else { continue }
      reactor.host.report(.votersAppended(change(to: voters, at: offset, batch.partitionLeaderEpoch)))
    }
    votersMayHaveChanged()
  }

  /// The log ends earlier than before: what stood behind that is no longer in force.
  func takeBackVoters(behind end: Offset) {
    let former = kraftVersion
    history.truncate(to: end)
    if kraftVersion < former { hasTakenUpgradeBack = true }
    votersMayHaveChanged()
  }

  /// A snapshot took the place of the log.
  func reloadVoters() throws(LogError) {
    history = try Self.history(of: log, snapshots, configuration)
    votersMayHaveChanged()
  }

  func reportCommittedVoters(in batch: RecordBatch) {
    guard let records = try? batch.quorumRecords() else { return }
    for case (let offset, .voters(let voters)) in records {
      reactor.host.report(.votersCommitted(change(to: voters, at: offset, batch.partitionLeaderEpoch)))
    }
  }

  private func change(to voters: VoterSet, at offset: Offset, _ epoch: LeaderEpoch) -> Occurrence.VoterSetChange {
    .init(node: configuration.nodeID, epoch: epoch, offset: offset, voters: voters.map { .init(id: $0.id, directory: $0.directory) })
  }

  // MARK: What changes with them

  private func votersMayHaveChanged() {
    let former = voters
    guard history.voters != former else { return }
    voters = history.voters
    if let leading {
      leading.change(to: voters, at: reactor.now)
      watchVoters(leading)
      // A majority of these may have more than one of those before.
      return advanceAsLeader()
    }
    guard former.contains(replica) != isVoter else { return }
    if isVoter {
      lastLeaderContact = reactor.now
      awaitLeader()
    } else if !mayStand {
      reactor.cancel(electionTimer)
      electionTimer = nil
    }
  }
}

extension RecordBatch {
  /// What its control records say of the quorum, with their offsets.
  func quorumRecords() throws -> [(offset: Offset, record: QuorumRecord)] {
    guard isControl else { return [] }
    return try controlRecords().enumerated().compactMap { index, record in try QuorumRecord(record).map { (baseOffset + Int64(index), $0) } }
  }
}
