import Log
import Primitives
import Replication
import Wire
import Workloads

/// `replica-divergence`: two replicas have different records below both of their high watermarks, or one cannot read what it counts as committed.
///
/// The first replica whose high watermark passes an offset fixes its content. Whenever another replica's high watermark moves, its newly
/// committed records are compared with that. A replica's log is a copy of its leader's, batch by batch, and batches are never rewritten: equal
/// bounds, leader epoch and checksum mean equal records. In a compacted topic, each replica removes what it no longer needs, so the
/// records themselves are compared. Below the log start offset nothing can be read. A topic that was deleted and created again under its name is another
/// topic.
final class CommittedLog {
  /// The committed contents of one partition. A class, so that it is looked up once per move and grows in place.
  private final class History {
    var batches = CommittedBatches()
    /// Used since the topic has been compacted.
    var records = CommittedRecords()
    /// Batches were not read: those that are known are told of again.
    var hasGap = false
  }

  private var committed = ByPartition<History>()
  /// Gets each batch that a replica counts as committed, of topics that are not compacted once; nil where nobody asks.
  var onBatch: ((TopicPartition, TopicIDPartition, RecordBatch) -> Void)?
  /// Called if committed batches were not read.
  var onGap: ((TopicIDPartition) -> Void)?
  /// Where an epoch ends by what the leader of a partition knows; nil if nobody leads it, or it does not know the epoch.
  var endOfEpoch: (TopicPartition, LeaderEpoch) -> Offset? = { _, _ in nil }
  /// Called if a replica was told by its leader to keep what differs: a replica that copied a compacted log takes the first batch that is left of an epoch for its beginning
  /// (hazard N8).
  var onLostEpochStart: (() -> Void)?
  /// The epoch of the last unclean election of each partition that had one.
  private var givenUpBefore: [TopicIDPartition: LeaderEpoch] = [:]
  private var findings = Findings()
  /// Partitions with a finding: only the first is reported, because others follow from it.
  private var diverged: Set<TopicIDPartition> = []
  /// Partitions that some replica could not read: only the first failure is reported.
  private var unreadable: Set<TopicIDPartition> = []

  /// Compares what a replica newly counts as committed. Returns the evidence if it differs from what was committed before, or cannot be read.
  func check(_ partition: Partition, at node: NodeID, from: Offset, to: Offset) -> String? {
    guard to > from, let log = partition.log, partition.leaderEpoch >= uncleanEpoch(of: partition.id) ?? .unknown else { return nil }
    let replica = Replica(id: partition.id, name: partition.topicPartition, node: node, isCompacted: log.configuration.cleanupPolicy.contains(.compact))
    return check(replica, from: max(from, log.logStartOffset), to: to) { (offset) throws(LogError) in
      let slice = try log.read(from: offset, upTo: to, maxBytes: 1 << 20, minOneBatch: true)
      return (slice.records, slice.nextOffset)
    }
  }

  /// The replica whose log is compared.
  struct Replica {
    let id: TopicIDPartition
    let name: TopicPartition
    let node: NodeID
    let isCompacted: Bool
  }

  /// - Parameter read: returns whole batches from an offset on, and the offset after them; the requested offset if there are none.
  func check(
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
        return add("\(replica.name): broker \(replica.node) cannot read its log below its high watermark \(to): \(reason)", about: replica, at: from)
      }
    }
    guard let difference, diverged.insert(replica.id).inserted else { return nil }
    return add(difference, about: replica, at: from)
  }

  private func add(_ evidence: String, about replica: Replica, at offset: Offset) -> String {
    findings.add(evidence, about: .partition(replica.name, offset: offset))
    return evidence
  }

  /// Why a log cannot be read; nil if its disk has failed, which is reported separately and takes the log offline.
  private func reason(_ error: any Error) -> String? {
    switch error as? LogError {
    case .disk, .offline: nil
    case let error?: error.description
    case nil: "\(error)"
    }
  }

  /// An unclean election gives up what was committed before, and what the former leader still commits until it hears of the election: from now on,
  /// what the new leader commits counts.
  func giveUp(_ partition: TopicIDPartition, before epoch: LeaderEpoch) {
    committed[partition] = nil
    onGap?(partition)
    givenUpBefore[partition] = epoch
  }

  /// The epoch of a partition's last unclean election; nil if there was none.
  func uncleanEpoch(of partition: TopicIDPartition) -> LeaderEpoch? { givenUpBefore.isEmpty ? nil : givenUpBefore[partition] }

  var verdict: Verdict { findings.verdict(on: .replicaDivergence) }

  private func history(of partition: TopicIDPartition) -> History {
    if let history = committed[partition] { return history }
    let history = History()
    committed[partition] = history
    return history
  }

  private func compare(_ batch: BatchIdentity, at replica: Replica, with history: History) -> String? {
    switch history.batches.add(batch) {
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
      guard let epoch = history.records.add(record) else { continue }
      if record.epoch < epoch, let end = endOfEpoch(replica.name, record.epoch), end > record.offset { onLostEpochStart?() }
      return
        "\(replica.name): at offset \(record.offset) broker \(replica.node) holds a record of epoch \(record.epoch) below its high watermark, "
        + "where another one of epoch \(epoch) was committed before"
    }
    return nil
  }

  /// Calls `body` for batches that are entirely below an offset. Throws a `LogError` or a `WireError` if something cannot be read.
  private func forEachBatch(
    from: Offset, to: Offset, reading read: (Offset) throws(LogError) -> (records: Bytes, nextOffset: Offset), _ body: (RecordBatch) throws -> Void
  ) throws {
    var next = from
    while next < to {
      let (records, end) = try read(next)
      guard end > next else { return }
      // Mostly there is only one.
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
