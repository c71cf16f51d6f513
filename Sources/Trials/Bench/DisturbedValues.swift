import Workloads

/// Values to which something happened that should not, by name: a benchmark sets them beside the faults that ran meanwhile.
struct DisturbedValues {
  /// Acknowledged and gone, permitted or not.
  var lost: [RecordValue] = []
  /// At more than one offset.
  var duplicated: [RecordValue] = []

  init() {}

  /// - Parameter present: by value, whether it stands in a log at the end.
  init(_ analysis: Analysis, present: [Bool]) {
    for (number, facts) in analysis.values.enumerated() {
      let value = RecordValue(UInt32(number))
      if facts.outcome == .ok, !present[number] { lost.append(value) }
      if facts.firstIndex >= 0, facts.firstIndex != facts.lastIndex { duplicated.append(value) }
    }
  }
}
