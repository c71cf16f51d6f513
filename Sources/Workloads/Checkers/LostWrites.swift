/// `lost-write`: a value that must have been committed, at or before the last value read from its partition, was itself never read.
///
/// The bound uses the *first* position of each value that was read and the obligation uses the *last* position of each value, so values seen at
/// several offsets, and offsets seen with several values, cause no false alarm. A value that a rule deleted, or that compaction may have removed, need not be read.
func checkLostWrites(_ analysis: Analysis) -> Verdict {
  var bounds = analysis.logs.map { _ in Int32(-1) }
  for facts in analysis.values where facts.wasRead && facts.firstIndex >= 0 {
    bounds[Int(facts.partition.number)] = max(bounds[Int(facts.partition.number)], facts.firstIndex)
  }
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.mustHaveCommitted && facts.partition != .unknown {
    findings.examined += 1
    let bound = bounds[Int(facts.partition.number)]
    guard !facts.wasRead, facts.lastIndex >= 0, facts.lastIndex <= bound, !analysis.isDeleted(facts),
      !analysis.isSuperseded(RecordValue(UInt32(number)))
    else { continue }
    findings.add(
      "\(analysis.words(facts.partition)): value \(number), acknowledged at offset \(facts.acknowledged), was never read, though a later one was",
      about: analysis.subject(RecordValue(UInt32(number))))
  }
  return findings.verdict(on: .lostWrite)
}

/// `unseen`: a value was acknowledged and never read, although everything was read to the end.
///
/// A value that a rule deleted need not be seen. If a rule removed the start of a partition, a value that was acknowledged without an offset may have
/// been there: it is not examined.
func checkUnseen(_ analysis: Analysis, isReadToTheEnd: Bool, _ unreadable: Set<PartitionNumber>) -> Verdict {
  var findings = Findings()
  guard isReadToTheEnd else { return findings.verdict(on: .unseen) }
  for (number, facts) in analysis.values.enumerated() where facts.outcome == .ok && !unreadable.contains(facts.partition) {
    let mayBeDeleted = facts.acknowledged == .unknown && !facts.wasRead && analysis.deletions.touched(facts.partition)
    guard !mayBeDeleted else { continue }
    findings.examined += 1
    if !facts.wasRead, !analysis.isDeleted(facts), !analysis.isSuperseded(RecordValue(UInt32(number))) {
      findings.add(
        "\(analysis.words(facts.partition)): value \(number), acknowledged at offset \(facts.acknowledged), was never read", about: analysis.subject(RecordValue(UInt32(number))))
    }
  }
  return findings.verdict(on: .unseen)
}
