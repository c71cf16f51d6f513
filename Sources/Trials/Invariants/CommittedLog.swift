import Log
import OrderedCollections
import Primitives
import Replication
import Wire
import Workloads

/// `replica-divergence`: two replicas hold different records below both of their high watermarks, or one cannot read what it counts as committed.
///
/// The first replica whose high watermark passes an offset fixes what is committed there. Whenever another replica's high watermark moves, what it newly
/// counts as committed is compared with that. A replica's log is a copy of its leader's, batch by batch, and nothing writes a batch anew: there the same
/// bounds, leader epoch and checksum say that the records are the same. In a compacted topic, where each replica takes away what it no longer needs, the
/// records themselves are compared. What lies below the log start offset nobody can read. A topic that was deleted and made again under its name is another
/// one.
final class CommittedLog {
  /// What is committed in one partition. A class, so that it is looked up once for each move and grows in place.
  private final class History {
    var batches = CommittedBatches()
    /// Since the topic has been compacted.
    var records = CommittedRecords()
    /// Batches were not read: those that are known are told of again.
    var hasGap = false
  }

  /// Ordered, because few are compared without hashing.
  private var committed: OrderedDictionary<TopicIDPartition, History> = [:]
  /// Gets each batch that a replica counts as committed, of topics that are not compacted once; nil where nobody asks.
  var onBatch: ((TopicPartition, TopicIDPartition, RecordBatch) -> Void)?
  /// Is told where batches were not read that are committed.
  var onGap: ((TopicIDPartition) -> Void)?
  /// The epoch of the last unclean election of each partition that had one.
  private var givenUpBefore: [TopicIDPartition: LeaderEpoch] = [:]
  private var findings = Findings()
  /// Partitions with a finding: one is told, the others follow from it.
  private var diverged: Set<TopicIDPartition> = []
  /// Partitions of which some replica could not be read: one is told.
  private var unreadable: Set<TopicIDPartition> = []

  /// Looks at what a replica newly counts as committed. Returns the evidence where it differs from what was committed before, or cannot be read.
  func note(_ partition: Partition, at node: NodeID, from: Offset, to: Offset) -> String? {
    guard to > from, let log = partition.log, partition.leaderEpoch >= uncleanEpoch(of: partition.id) ?? .unknown else { return nil }
    let replica = Replica(id: partition.id, name: partition.topicPartition, node: node, isCompacted: log.configuration.cleanupPolicy.contains(.compact))
    return note(replica, from: max(from, log.logStartOffset), to: to) { (offset) throws(LogError) in
      let slice = try log.read(from: offset, upTo: to, maxBytes: 1 << 20, minOneBatch: true)
      return (slice.records, slice.nextOffset)
    }
  }

  /// Whose log is looked at.
  struct Replica {
    let id: TopicIDPartition
    let name: TopicPartition
    let node: NodeID
    let isCompacted: Bool
  }

  /// - Parameter read: gives whole batches from an offset on, and the offset behind them; the one that was asked for where there are none.
  func note(
    _ replica: Replica, from: Offset, to: Offset, reading read: (Offset) throws(LogError) -> (records: Bytes, nextOffset: Offset)
  ) -> String? {
    let history = history(of: replica.id)
    var difference: String?
    do {
      try forEachBatch(from: from, to: to, reading: read) { batch in
        findings.examined += 1
        if difference == nil, !replica.isCompacted {
          difference = compare(BatchIdentity(batch), at: replica, with: history)
          if history.batches.wasKnown, !history.hasGap { return }
        }
        onBatch?(replica.name, replica.id, batch)
        if difference == nil, replica.isCompacted { difference = try compareRecords(of: batch, at: replica, with: history) }
      }
    } catch {
      history.hasGap = true
      onGap?(replica.id)
      if let reason = reason(error), unreadable.insert(replica.id).inserted {
        return add("\(replica.name): broker \(replica.node) cannot read its log below its high watermark \(to): \(reason)")
      }
    }
    guard let difference, diverged.insert(replica.id).inserted else { return nil }
    return add(difference)
  }

  private func add(_ evidence: String) -> String {
    findings.add(evidence)
    return evidence
  }

  /// What is wrong with a log that cannot be read; nil where its disk has failed, which is told by itself and takes the log offline.
  private func reason(_ error: any Error) -> String? {
    switch error as? LogError {
    case .disk, .offline: nil
    case let error?: error.description
    case nil: "\(error)"
    }
  }

  /// An unclean election gives up what was committed before, and what the former leader commits as long as it has not heard of it: from now on, what
  /// the new leader commits counts.
  func giveUp(_ partition: TopicIDPartition, before epoch: LeaderEpoch) {
    committed[partition] = nil
    onGap?(partition)
    givenUpBefore[partition] = epoch
  }

  /// The epoch of a partition's last unclean election; nil where there was none.
  func uncleanEpoch(of partition: TopicIDPartition) -> LeaderEpoch? { givenUpBefore.isEmpty ? nil : givenUpBefore[partition] }

  var verdict: Verdict { findings.verdict(on: .replicaDivergence) }

  private func history(of partition: TopicIDPartition) -> History {
    if let history = committed[partition] { return history }
    let history = History()
    committed[partition] = history
    return history
  }

  private func compare(_ batch: BatchIdentity, at replica: Replica, with history: History) -> String? {
    switch history.batches.note(batch) {
    case nil: nil
    case .bounds:
      "\(replica.name): broker \(replica.node) holds a batch \(batch.baseOffset)-\(batch.lastOffset) below its high watermark that others committed with other bounds"
    case .content(let epoch):
      "\(replica.name): at offset \(batch.baseOffset) broker \(replica.node) holds a record of epoch \(batch.epoch) below its high watermark, "
        + "where one of epoch \(epoch) was committed before"
    }
  }

  private func compareRecords(of batch: RecordBatch, at replica: Replica, with history: History) throws(WireError) -> String? {
    var cursor = try RecordCursor(batch)
    while try cursor.next() {
      let record = try CommittedRecord(cursor.current, of: batch)
      guard let epoch = history.records.note(record) else { continue }
      return
        "\(replica.name): at offset \(record.offset) broker \(replica.node) holds a record of epoch \(record.epoch) below its high watermark, "
        + "where another one of epoch \(epoch) was committed before"
    }
    return nil
  }

  /// Batches that lie wholly below an offset. Throws a `LogError` or a `WireError` where there is something that cannot be read.
  private func forEachBatch(
    from: Offset, to: Offset, reading read: (Offset) throws(LogError) -> (records: Bytes, nextOffset: Offset), _ body: (RecordBatch) throws -> Void
  ) throws {
    var next = from
    while next < to {
      let (records, end) = try read(next)
      guard end > next else { return }
      // Mostly one at a time.
      if let batch = try RecordBatch.next(in: records, at: 0), batch.sizeInBytes == records.count {
        if batch.lastOffset < to { try body(batch) }
      } else {
        for batch in try RecordBatch.splitting(records) where batch.lastOffset < to { try body(batch) }
      }
      next = end
    }
  }
}

extension BatchIdentity {
  init(_ batch: RecordBatch) {
    self.init(baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, epoch: batch.partitionLeaderEpoch, checksum: batch.checksum)
  }
}
