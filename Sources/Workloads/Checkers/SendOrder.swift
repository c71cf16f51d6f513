import Primitives

/// `reorder`: of two values that one producer sent to one partition, the later one comes first in the log.
///
/// Values are taken in the order of their invocation. Only acknowledged values that stand in the log once count: one that stands there
/// twice is a `duplicate`, and its second place accuses the retry; one of unknown outcome may take effect at any later time, as a request
/// that waits in the socket buffer of a closed connection does.
///
/// `nonmonotonic-send`: a producer was told a lower offset for a later value.
func checkSends(_ analysis: Analysis) -> (reorder: Verdict, nonmonotonic: Verdict) {
  var order = SendOrder("stands before it"), offsets = SendOrder("was acknowledged at a lower or the same offset")
  let history = analysis.history, values = analysis.values, partitions = analysis.logs.count
  for operation in history.operations where operation.function == .send && operation.kind == .invoke {
    for place in operation.entryPlaces {
      let value = history.entries.value(at: place), facts = values[Int(value.number)]
      guard facts.partition != .unknown else { continue }
      let lane = Int(operation.process.number) * partitions + Int(facts.partition.number)
      if facts.outcome == .ok, facts.firstIndex >= 0, facts.firstIndex == facts.lastIndex {
        order.observe(value, at: Int64(facts.firstIndex), of: facts.partition, in: lane, analysis)
      }
      if facts.acknowledged != .unknown { offsets.observe(value, at: facts.acknowledged.value, of: facts.partition, in: lane, analysis) }
    }
  }
  return (order.findings.verdict(on: .reorder), offsets.findings.verdict(on: .nonmonotonicSend))
}

/// What stands where among the values that a producer sent to a partition one after another.
private struct SendOrder {
  private struct Place {
    var value = RecordValue.none
    var place: Int64 = -1
  }

  private(set) var findings = Findings()
  /// What a later value did, in words.
  private let fault: String
  /// The last value of each producer and partition: rows of partitions, made as processes appear.
  private var lanes: ContiguousArray<Place> = []

  init(_ fault: String) { self.fault = fault }

  @inline(__always)
  mutating func observe(_ value: RecordValue, at place: Int64, of partition: PartitionNumber, in lane: Int, _ analysis: Analysis) {
    while lanes.count <= lane { lanes.append(Place()) }
    let former = lanes[lane]
    if former.value != .none {
      findings.examined += 1
      if place <= former.place {
        findings.add(
          "\(analysis.words(partition)): value \(value.number), sent after value \(former.value.number) by the same producer, \(fault)",
          about: analysis.subject(value, in: partition, other: former.value))
      }
    }
    lanes[lane] = Place(value: value, place: place)
  }
}
