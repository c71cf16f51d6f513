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

extension Scenario {
  /// All partitions of the topics of a workload entry, in the order in which they are shared out among its clients.
  func partitions(of plan: WorkloadPlan) -> [TopicPartition] {
    plan.topics.flatMap { name in
      let count = topics.first { $0.name == name }?.partitionCount ?? 0
      return (0..<Int32(count)).map { TopicPartition(name, $0) }
    }
  }

  /// What clients' settings became where they were not set, a line each.
  package var warnings: [String] {
    workload.flatMap { plan in plan.application.connections.flatMap(\.adjustments).map { "\(plan.name): \($0)" } }
  }

  /// How long a client may wait although a leader with enough replicas is within reach.
  var availabilityBound: Duration {
    expectation.availability
      ?? settings.availabilityBound(
        for: workload.flatMap(\.application.connections), pollInterval: workload.map(\.application.pollInterval).max() ?? .zero)
  }

  /// Gives all records of the workload the lines of a file as their values, whatever the scenario says of them.
  /// Throws a `ScenarioError` where the file cannot be read or holds no lines.
  public mutating func replacePayload(withLinesOf path: String, at place: Place) throws {
    let content = ValueContent.lines(try PayloadFile.lines(of: path, at: place))
    for index in workload.indices { workload[index].application.changeSendPlan { $0.value.content = content } }
  }
}
