import Primitives
import Report
import Workloads

extension Scenario {
  /// For each entry of the workload: how many groups of entries before it read one of its topics already. Entries number their groups from there on.
  var firstGroups: [Int] {
    var groups: [String: Int] = [:]
    return workload.map { plan in
      let first = plan.topics.map { groups[$0, default: 0] }.max() ?? 0
      for topic in plan.topics where plan.groupCount > 0 { groups[topic] = first + plan.groupCount }
      return first
    }
  }

  /// Whether everything is measured, from the beginning to the answer to the last record: where every producer sends a given number of records and the
  /// file asks for no warm-up, as kafka-producer-perf-test does with --num-records.
  var measuresAllRecords: Bool {
    let limits = workload.compactMap { plan -> Bool? in if case .produce(let produce) = plan.role { produce.records != nil } else { nil } }
    return !measure.hasOwnWarmup && !limits.isEmpty && limits.allSatisfy(\.self)
  }

  /// What of the beginning is not measured.
  package var warmup: Duration { measuresAllRecords ? .zero : min(measure.warmup, duration) }

  /// What of a run is measured, from the end of the warm-up on: all the rest of it, or where it was answered before, up to the last answer, which is a
  /// part of it.
  func window(from origin: Instant, until duration: Duration, answered: Instant) -> Range<Instant> {
    let end = origin + duration, begin = min(origin + warmup, end)
    return begin..<min(max(min(answered, end), begin) + .nanoseconds(1), end)
  }

  /// How many groups read everything that is produced.
  package var groupCount: Int {
    let produced = workload.filter { $0.groupCount == 0 }.flatMap(\.topics)
    return produced.map { topic in workload.filter { $0.topics.contains(topic) }.reduce(0) { $0 + $1.groupCount } }.min() ?? 0
  }

  /// What the schedules of all producers ask for between two times of the scenario; nil where a producer follows none.
  package func offeredRate(from start: Duration, to end: Duration) -> Workloads.Rate? {
    var records = 0.0
    for plan in workload {
      guard case .produce(let produce) = plan.role else { continue }
      let from = max(start, plan.start), to = min(end, plan.stop ?? end)
      guard produce.load.isOpenLoop else { return nil }
      guard to > from, let rate = produce.load.averageRate(from: from - plan.start, to: to - plan.start) else { continue }
      records += rate.recordsPerSecond * (to - from).seconds
    }
    return Workloads.Rate(microrecordsPerSecond: Int64(saturating: (records / (end - start).seconds * 1e6).rounded()))
  }
}
