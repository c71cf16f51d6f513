import Measurement
import Primitives
import Workloads

extension Scenario {
  /// For each workload entry, the number of groups in earlier entries that read one of its topics; entries number their groups from there. Entries whose
  /// processes are members of the same group share its number.
  var firstGroups: [Int] {
    var groups: [String: Int] = [:], numbers: [String: Int] = [:]
    return workload.map { plan in
      if let number = plan.application.group.flatMap({ numbers[$0] }) { return number }
      let first = plan.topics.map { groups[$0, default: 0] }.max() ?? 0
      if let group = plan.application.group { numbers[group] = first }
      for topic in plan.topics where plan.groupCount > 0 { groups[topic] = first + plan.groupCount }
      return first
    }
  }

  /// Whether everything is measured, from the beginning to the answer to the last record: where every producer sends a given number of records and the
  /// file has no warm-up, as kafka-producer-perf-test does with --num-records.
  var measuresAllRecords: Bool {
    let limits = workload.compactMap(\.application.sendPlan).map { $0.records != nil }
    return (!measure.hasOwnWarmup || measure.warmup == .zero) && !limits.isEmpty && limits.allSatisfy(\.self)
  }

  /// The time at the start that is not measured.
  package var warmup: Duration { measuresAllRecords ? .zero : min(measure.warmup, duration) }

  /// How many records the clients send, as far as the file says it: to make room for them. At most four million.
  var roomForRecords: Int {
    let records = workload.reduce(Int128(0)) { sum, plan in
      let planned = plan.plannedRecords(within: duration)
      return sum + (planned > 0 ? planned : Int128(plan.application.sendPlan?.records ?? 0) * Int128(plan.processCount))
    }
    return Int(min(records, 1 << 22))
  }

  /// The measured window: from the end of the warm-up to the end or, if all records were answered earlier, to the last response
  /// inclusive.
  func window(from origin: Instant, until duration: Duration, answered: Instant) -> Range<Instant> {
    let end = origin + duration, begin = min(origin + warmup, end)
    return begin..<min(max(min(answered, end), begin) + .nanoseconds(1), end)
  }

  /// The number of groups that read everything that is produced.
  package var groupCount: Int {
    let produced = workload.flatMap(\.outputs)
    return produced.map(groupCount(reading:)).min() ?? 0
  }

  private func groupCount(reading topic: String) -> Int {
    var counted: Set<String> = []
    return workload.filter { $0.topics.contains(topic) }.reduce(0) { count, plan in
      plan.application.group.map { counted.insert($0).inserted } == false ? count : count + plan.groupCount
    }
  }

  /// The rate that the schedules of all producers request between two times of the scenario; nil if a producer follows none.
  func offeredRate(from start: Duration, to end: Duration) -> Rate? {
    var records = 0.0
    for plan in workload {
      guard let load = plan.application.sendPlan?.load else { continue }
      let from = max(start, plan.start), to = min(end, plan.stop ?? end)
      guard load.isOpenLoop else { return nil }
      guard to > from, let rate = load.averageRate(from: from - plan.start, to: to - plan.start) else { continue }
      records += rate.recordsPerSecond * (to - from).seconds
    }
    return Rate(microrecordsPerSecond: Int64(saturating: (records / (end - start).seconds * 1e6).rounded()))
  }

  /// The same load at another rate: all open loops together send this many records a second within the measured window, in their present
  /// proportion. If there is none, all producers share a constant load.
  package func offering(_ recordsPerSecond: Double) -> Scenario {
    let wanted = Int64(saturating: (recordsPerSecond * 1e6).rounded())
    var scenario = self
    let loads = workload.compactMap(\.application.sendPlan).map(\.load)
    let isOpen = loads.contains(where: \.isOpenLoop)
    let present = openRate.map { Int64(saturating: ($0 * 1e6).rounded()) } ?? 1
    for index in workload.indices {
      scenario.workload[index].application.changeSendPlan { plan in
        plan.load = isOpen ? plan.load.scaled(by: wanted, over: present) : .constant(Rate(microrecordsPerSecond: wanted / Int64(loads.count)))
      }
    }
    return scenario
  }

  /// The rate that the open loops together request within the measured window, in records a second; nil if there are none.
  package var openRate: Double? {
    var onlyOpen = self
    onlyOpen.workload.removeAll { $0.application.sendPlan?.load.isOpenLoop != true }
    let rate = onlyOpen.workload.isEmpty ? nil : onlyOpen.offeredRate(from: warmup, to: duration)?.recordsPerSecond
    return rate == 0 ? nil : rate
  }
}
