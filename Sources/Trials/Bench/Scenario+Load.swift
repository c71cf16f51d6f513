import Measurement
import Primitives
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
  var warmup: Duration { measuresAllRecords ? .zero : min(measure.warmup, duration) }

  /// What of a run is measured, from the end of the warm-up on: all the rest of it, or where it was answered before, up to the last answer, which is a
  /// part of it.
  func window(from origin: Instant, until duration: Duration, answered: Instant) -> Range<Instant> {
    let end = origin + duration, begin = min(origin + warmup, end)
    return begin..<min(max(min(answered, end), begin) + .nanoseconds(1), end)
  }

  /// How many groups read everything that is produced.
  var groupCount: Int {
    let produced = workload.filter { $0.groupCount == 0 }.flatMap(\.topics)
    return produced.map { topic in workload.filter { $0.topics.contains(topic) }.reduce(0) { $0 + $1.groupCount } }.min() ?? 0
  }

  /// What the schedules of all producers ask for between two times of the scenario; nil where a producer follows none.
  func offeredRate(from start: Duration, to end: Duration) -> Rate? {
    var records = 0.0
    for plan in workload {
      guard case .produce(let produce) = plan.role else { continue }
      let from = max(start, plan.start), to = min(end, plan.stop ?? end)
      guard produce.load.isOpenLoop else { return nil }
      guard to > from, let rate = produce.load.averageRate(from: from - plan.start, to: to - plan.start) else { continue }
      records += rate.recordsPerSecond * (to - from).seconds
    }
    return Rate(microrecordsPerSecond: Int64(saturating: (records / (end - start).seconds * 1e6).rounded()))
  }

  /// The same load at another height: all open loops together at so many records a second within the measured window, in the proportion in
  /// which they share it. Where there is none, all producers share a constant load.
  func offering(_ recordsPerSecond: Double) -> Scenario {
    let wanted = Int64(saturating: (recordsPerSecond * 1e6).rounded())
    var scenario = self
    let isOpen = workload.contains { plan in
      if case .produce(let produce) = plan.role { produce.load.isOpenLoop } else { false }
    }
    let producers = workload.filter { $0.groupCount == 0 }.count
    let present = openRate.map { Int64(saturating: ($0 * 1e6).rounded()) } ?? 1
    for index in workload.indices {
      guard case .produce(var produce) = workload[index].role else { continue }
      if isOpen {
        produce.load = produce.load.scaled(by: wanted, over: present)
      } else {
        produce.load = .constant(Rate(microrecordsPerSecond: wanted / Int64(producers)))
      }
      scenario.workload[index].role = .produce(produce)
    }
    return scenario
  }

  /// Records a second that the open loops ask for within the measured window, all together; nil where there are none.
  var openRate: Double? {
    var onlyOpen = self
    onlyOpen.workload.removeAll { plan in
      if case .produce(let produce) = plan.role { !produce.load.isOpenLoop } else { true }
    }
    let rate = onlyOpen.workload.isEmpty ? nil : onlyOpen.offeredRate(from: warmup, to: duration)?.recordsPerSecond
    return rate == 0 ? nil : rate
  }
}
