import Primitives

/// What a run reports about its end for judging compaction.
public struct CompactionFindings {
  /// Whether the audit, which read everything to the end, received a value.
  public var isPresent: (RecordValue) -> Bool
  /// Whether the loss of a value is permitted, compacted or not.
  public var isExcused: (RecordValue) -> Bool
  /// Partitions that no broker could serve.
  public var unreadable: Set<PartitionNumber>
  /// `min.compaction.lag.ms` of a topic; zero if the clocks cannot be trusted.
  public var lag: (_ topic: String) -> Duration
  /// `delete.retention.ms` of a topic; zero if the clocks cannot be trusted.
  public var tombstoneRetention: (_ topic: String) -> Duration

  public init(
    isPresent: @escaping (RecordValue) -> Bool, isExcused: @escaping (RecordValue) -> Bool = { _ in false }, unreadable: Set<PartitionNumber> = [],
    lag: @escaping (String) -> Duration = { _ in .zero }, tombstoneRetention: @escaping (String) -> Duration = { _ in .zero }
  ) {
    self.isPresent = isPresent
    self.isExcused = isExcused
    self.unreadable = unreadable
    self.lag = lag
    self.tombstoneRetention = tombstoneRetention
  }
}

/// `compaction-keeps-latest`: in a compacted topic, for each key, the value acknowledged at the highest offset, or a later one, is present at the end.
///
/// So is every value that is younger than `min.compaction.lag.ms` when the audit ends. If the last value of a key is a tombstone, it must be present at least until
/// `delete.retention.ms` after it was sent. After that nothing is required for the key: neither the tombstone nor the values before it, which a replica that was away
/// for longer than that still has and is never told to remove.
///
/// Unlike `lost-write`, this asks what is present at the very end: a last value that was read before the cleaner removed it still counts as missing.
func checkCompaction(_ analysis: Analysis, _ run: CompactionFindings) -> Verdict {
  var findings = Findings()
  let end = analysis.history.operations.last?.time ?? .zero
  let present = lastPresent(analysis, run)
  for value in analysis.lastAcknowledged() {
    let facts = analysis.values[Int(value.number)]
    guard isOwed(value, facts, analysis, run), !mayBeForgotten(value, facts, at: end, analysis, run) else { continue }
    findings.examined += 1
    let found = present[facts.partition]?[facts.key.number] ?? .unknown
    guard !run.isPresent(value), found < facts.acknowledged, !analysis.mayBeSuperseded(value) else { continue }
    findings.add(
      "\(analysis.words(facts.partition)): value \(value.number), the last one of its key and acknowledged at offset \(facts.acknowledged), is not there any more"
        + (found == .unknown ? ", nor is any other of that key" : "; the last one of that key is at offset \(found)"))
  }
  for (number, facts) in analysis.values.enumerated() where facts.key != .none && facts.outcome == .ok && facts.acknowledged != .unknown {
    let lag = run.lag(analysis.history.partitions[Int(facts.partition.number)].topic)
    let value = RecordValue(UInt32(number)), sent = analysis.history.operations[Int(facts.invoked)].time
    // The cleaner counts in milliseconds.
    guard lag > .zero, end - sent < lag - .milliseconds(1), isOwed(value, facts, analysis, run) else { continue }
    findings.examined += 1
    guard !run.isPresent(value) else { continue }
    findings.add(
      "\(analysis.words(facts.partition)): value \(number), acknowledged at offset \(facts.acknowledged), is not there any more, \(end - sent) after it was sent")
  }
  return findings.verdict(on: .compactionKeepsLatest)
}

private func isOwed(_ value: RecordValue, _ facts: ValueFacts, _ analysis: Analysis, _ run: CompactionFindings) -> Bool {
  !run.unreadable.contains(facts.partition) && !analysis.isDeleted(facts) && !run.isExcused(value)
}

/// Whether a value's key was deleted by a tombstone that may be gone: the value itself, or a later one.
private func mayBeForgotten(_ value: RecordValue, _ facts: ValueFacts, at end: Instant, _ analysis: Analysis, _ run: CompactionFindings) -> Bool {
  guard let newest = analysis.newestOfKey(value)?.value, analysis.values[Int(newest.number)].isTombstone else { return false }
  let tombstone = analysis.values[Int(newest.number)]
  guard tombstone.invoked >= 0 else { return true }
  let retention = run.tombstoneRetention(analysis.history.partitions[Int(facts.partition.number)].topic)
  // The cleaner counts in milliseconds.
  return end - analysis.history.operations[Int(tombstone.invoked)].time >= retention - .milliseconds(1)
}

/// The last offset at which the audit received each key, by partition.
private func lastPresent(_ analysis: Analysis, _ run: CompactionFindings) -> [PartitionNumber: [Int32: Offset]] {
  var last: [PartitionNumber: [Int32: Offset]] = [:]
  for (index, log) in analysis.logs.enumerated() {
    let partition = PartitionNumber(Int32(index))
    log.forEachPlace { value, offset in
      let key = analysis.values[Int(value.number)].key
      guard key != .none, run.isPresent(value) else { return }
      last[partition, default: [:]][key.number] = max(last[partition]?[key.number] ?? offset, offset)
    }
  }
  return last
}
