import Primitives
import Workloads

/// Values that were lost or duplicated: a benchmark reports them with the faults that were active at the time.
struct DisturbedValues {
  /// Acknowledged and gone, permitted or not, except by rule or compaction.
  var lost: [RecordValue] = []
  /// At more than one offset.
  var duplicated: [RecordValue] = []

  init() {}

  /// - Parameters:
  ///   - present: by value, whether it is in a log at the end.
  ///   - places: the offsets of values that were acknowledged without one.
  init(_ analysis: Analysis, present: [Bool], places: (RecordValue) -> Offset) {
    for (number, facts) in analysis.values.enumerated() {
      let value = RecordValue(UInt32(number))
      if facts.outcome == .ok, !present[number] {
        let offset = facts.acknowledged == .unknown ? places(value) : facts.acknowledged
        if analysis.deletions.rule(at: offset, of: facts.partition) == nil, !analysis.isSuperseded(value) { lost.append(value) }
      }
      if facts.firstIndex >= 0, facts.firstIndex != facts.lastIndex { duplicated.append(value) }
    }
  }
}
