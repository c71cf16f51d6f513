import Primitives

/// `reorder`: of two values that one producer sent to one partition, the later one stands before the earlier one in the log.
///
/// Values are taken in the order of their invocation. Only acknowledged values that stand in the log once count: one that stands there
/// twice is a `duplicate`, and its second place accuses the retry; one of unknown outcome may take effect at any later time, as a request
/// that waits in the socket buffer of a closed connection does.
func checkReorder(_ analysis: Analysis) -> Verdict {
  checkInOrderOfSending(analysis, .reorder) { facts in
    facts.outcome == .ok && facts.firstIndex >= 0 && facts.firstIndex == facts.lastIndex ? Int64(facts.firstIndex) : nil
  } evidence: { partition, former, value in
    "\(partition): value \(value), sent after value \(former) by the same producer, stands before it"
  }
}

/// `nonmonotonic-send`: a producer was told a lower offset for a later value.
func checkSends(_ analysis: Analysis) -> Verdict {
  checkInOrderOfSending(analysis, .nonmonotonicSend) { facts in
    facts.acknowledged == .unknown ? nil : facts.acknowledged.value
  } evidence: { partition, former, value in
    "\(partition): value \(value), sent after value \(former) by the same producer, was acknowledged at a lower or the same offset"
  }
}

private func checkInOrderOfSending(
  _ analysis: Analysis, _ guarantee: Guarantee, place: (ValueFacts) -> Int64?, evidence: (String, UInt32, UInt32) -> String
) -> Verdict {
  struct Lane {
    var value = RecordValue.none
    var place: Int64 = -1
  }
  var findings = Findings()
  /// The last value of each producer and partition: rows of partitions, made as processes appear.
  var lanes: ContiguousArray<Lane> = []
  for operation in analysis.history.operations where operation.function == .send && operation.kind == .invoke {
    analysis.history.forEachEntry(of: operation) { entry in
      let facts = analysis.values[Int(entry.value.number)]
      guard facts.partition != .unknown, let place = place(facts) else { return }
      let lane = Int(operation.process.number) * analysis.logs.count + Int(facts.partition.number)
      while lanes.count <= lane { lanes.append(Lane()) }
      let former = lanes[lane]
      if former.value != .none {
        findings.examined += 1
        if place <= former.place { findings.add(evidence(analysis.words(facts.partition), former.value.number, entry.value.number)) }
      }
      lanes[lane] = Lane(value: entry.value, place: place)
    }
  }
  return findings.verdict(on: guarantee)
}
