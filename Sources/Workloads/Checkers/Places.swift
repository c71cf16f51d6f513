import Primitives

/// `duplicate`: a value is at two offsets of its partition, or in two partitions. A retry may appear again in a later topic with the same name.
func checkDuplicates(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.firstIndex >= 0 {
    findings.examined += 1
    guard facts.firstIndex != facts.lastIndex else { continue }
    let offsets = analysis.logs[Int(facts.partition.number)].offsets(of: RecordValue(UInt32(number)))
    findings.add("\(analysis.words(facts.partition)): value \(number) stands at offsets \(offsets.map(\.description).joined(separator: ", "))",
      about: analysis.subject(RecordValue(UInt32(number)), at: offsets.last))
  }
  let names = analysis.history.partitions
  for (partition, log) in analysis.logs.enumerated() {
    for (value, offset) in log.strays {
      let other = analysis.values[Int(value.number)].partition
      guard other == .unknown || names[Int(other.number)] != names[partition] else { continue }
      findings.add(
        "\(analysis.words(PartitionNumber(Int32(partition)))): value \(value.number) of \(analysis.words(other)) stands at offset \(offset)",
        about: analysis.subject(value, in: PartitionNumber(Int32(partition)), at: offset))
    }
  }
  return findings.verdict(on: .duplicate)
}

/// `inconsistent-offsets`: two values were seen at one offset.
func checkInconsistentOffsets(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  for (partition, log) in analysis.logs.enumerated() {
    findings.examined += log.versionOrder.count
    for conflict in log.conflicts {
      let values = conflict.values.map { String($0.number) }.joined(separator: ", ")
      findings.add(
        "\(analysis.words(PartitionNumber(Int32(partition)))): offset \(conflict.offset) held values \(values)",
        about: analysis.subject(conflict.values[0], in: PartitionNumber(Int32(partition)), at: conflict.offset, other: conflict.values[1]))
    }
  }
  return findings.verdict(on: .inconsistentOffsets)
}

/// `G1a`: a value was read although its send definitely failed, or was read with `read_committed` although its transaction was never committed.
///
/// A `read_uncommitted` reader may receive values of a transaction that is aborted later.
func checkFailedReads(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.wasRead || facts.outcome == .failed || facts.outcome == .aborted {
    findings.examined += 1
    if facts.outcome == .aborted, facts.firstCommittedRead >= 0 {
      let reader = analysis.history.operations[Int(facts.firstCommittedRead)]
      findings.add(
        "\(analysis.words(facts.partition)): value \(number) of \(analysis.words(facts.transaction)) was given to \(analysis.words(reader.process)), which reads committed "
          + "records only, at \(analysis.told(reader.time))", about: analysis.subject(RecordValue(UInt32(number))))
    }
    if facts.wasRead && facts.outcome == .failed {
      findings.add(
        "\(analysis.words(facts.partition)): value \(number) was read, though its send had failed for certain", about: analysis.subject(RecordValue(UInt32(number))))
    }
  }
  return findings.verdict(on: .failedRead)
}
