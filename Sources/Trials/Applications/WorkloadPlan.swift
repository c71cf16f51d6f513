import Primitives
import Scenarios
import Workloads

/// One entry of the workload: several client processes that do the same.
package struct WorkloadPlan: Sendable {
  package var name: String
  /// The kind of client, and what its processes do.
  var application: any ApplicationKind
  var start: Duration
  var stop: Duration?
}

extension WorkloadPlan {
  /// The topics; at least one.
  package var topics: [String] { application.topics }

  /// The number of client processes.
  package var processCount: Int { application.processCount }

  /// Whether its clients write to its topics.
  var sends: Bool { application.producer != nil }

  /// Whether its clients get no response to what they send.
  var sendsUnacknowledged: Bool { application.producer?.acks.rawValue == 0 }

  /// The topics its clients write to.
  var outputs: [String] { application.outputs }

  /// Whether its clients read its topics.
  var reads: Bool { application.consumer != nil }

  /// The name of a client process.
  func processName(_ number: Int) -> String { processCount == 1 ? name : "\(name)-\(number + 1)" }

  var processNames: some Sequence<String> { (0..<processCount).lazy.map(processName) }

  /// The most records that its open loop sends; 0 if what it sends depends on the responses.
  func plannedRecords(within duration: Duration) -> Int128 {
    guard let plan = application.sendPlan, let highest = plan.load.highestRate else { return 0 }
    let time = min(stop ?? duration, duration) - start
    let records = Int128(highest.microrecordsPerSecond) * Int128(max(0, time.nanoseconds)) / 1_000_000_000_000_000
    return min(records, plan.records.map { Int128($0) * Int128(processCount) } ?? records)
  }

  /// The number of records outstanding at any time, for all its clients in a closed loop.
  var outstanding: Int { processCount * (application.sendPlan?.outstanding ?? 0) }

  /// The number of times each record is delivered to this entry.
  package var groupCount: Int { application.groupCount }

  /// The records that the clients of one thread send; nil if they send none of their own.
  func recordPool(seed: UInt64) -> RecordPool? { application.sendPlan?.pool(seed: seed) }
}
