import Primitives

/// `duplicate`: a value stands at two offsets of its partition.
func checkDuplicates(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.firstIndex >= 0 {
    findings.examined += 1
    guard facts.firstIndex != facts.lastIndex else { continue }
    let offsets = analysis.logs[Int(facts.partition.number)].offsets(of: RecordValue(UInt32(number)))
    findings.add("\(analysis.words(facts.partition)): value \(number) stands at offsets \(offsets.map(\.description).joined(separator: ", "))")
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
      findings.add("\(analysis.words(PartitionNumber(Int32(partition)))): offset \(conflict.offset) held values \(values)")
    }
  }
  return findings.verdict(on: .inconsistentOffsets)
}

/// `G1a`: a value was read although its send definitely failed.
func checkFailedReads(_ analysis: Analysis) -> Verdict {
  var findings = Findings()
  for (number, facts) in analysis.values.enumerated() where facts.wasRead || facts.outcome == .failed {
    findings.examined += 1
    if facts.wasRead && facts.outcome == .failed {
      findings.add("\(analysis.words(facts.partition)): value \(number) was read, though its send had failed for certain")
    }
  }
  return findings.verdict(on: .failedRead)
}
