import Primitives
import Scenarios
import Trials
import Workloads

extension Scenario {
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
        produce.load = .constant(Workloads.Rate(microrecordsPerSecond: wanted / Int64(producers)))
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
