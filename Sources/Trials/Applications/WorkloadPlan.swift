import Primitives
import Scenarios
import Workloads

/// One entry of the workload: several client processes that do the same.
package struct WorkloadPlan: Sendable {
  package var name: String
  /// What they do.
  var application: any ApplicationKind
  var start: Duration
  var stop: Duration?
}

extension WorkloadPlan {
  /// At least one.
  package var topics: [String] { application.topics }

  /// How many client processes there are.
  package var processCount: Int { application.processCount }

  /// Whether its clients write to its topics.
  var sends: Bool { application.producer != nil }

  /// Whether nobody answers its clients what became of what they sent.
  var sendsUnacknowledged: Bool { application.producer?.acks.rawValue == 0 }

  /// What its clients write to.
  var outputs: [String] { application.outputs }

  /// Whether its clients read its topics.
  var reads: Bool { application.consumer != nil }

  /// What its client processes are called.
  func processName(_ number: Int) -> String { processCount == 1 ? name : "\(name)-\(number + 1)" }

  var processNames: some Sequence<String> { (0..<processCount).lazy.map(processName) }

  /// How many records its open loop sends at most; 0 where what it sends depends on the answers.
  func plannedRecords(within duration: Duration) -> Int128 {
    guard let plan = application.sendPlan, let highest = plan.load.highestRate else { return 0 }
    let time = min(stop ?? duration, duration) - start
    let records = Int128(highest.microrecordsPerSecond) * Int128(max(0, time.nanoseconds)) / 1_000_000_000_000_000
    return min(records, plan.records.map { Int128($0) * Int128(processCount) } ?? records)
  }

  /// Records of all its clients that are under way at any time, of a closed loop.
  var outstanding: Int { processCount * (application.sendPlan?.outstanding ?? 0) }

  /// How many times each record is delivered to this entry.
  package var groupCount: Int { application.groupCount }

  /// What the clients of one thread send; nil where they send nothing of their own.
  func recordPool(seed: UInt64) -> RecordPool? { application.sendPlan?.pool(seed: seed) }
}
