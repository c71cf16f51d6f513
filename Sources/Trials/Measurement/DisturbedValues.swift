import Primitives
import Workloads

/// Values to which something happened that should not, by name: a benchmark sets them beside the faults that ran meanwhile.
struct DisturbedValues {
  /// Acknowledged and gone, permitted or not, deletion by rule and compaction aside.
  var lost: [RecordValue] = []
  /// At more than one offset.
  var duplicated: [RecordValue] = []

  init() {}

  /// - Parameters:
  ///   - present: by value, whether it stands in a log at the end.
  ///   - places: of values that were acknowledged without an offset.
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
