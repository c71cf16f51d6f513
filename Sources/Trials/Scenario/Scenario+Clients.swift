import Primitives
import Scenarios
import Workloads

extension Scenario {
  /// The client processes of each workload entry, in the order of the file.
  ///
  /// - Parameter duration: the duration that is played, if the scenario ends early.
  func clientProcesses(within duration: Duration, seed: UInt64) -> [[ClientProcess]] {
    zip(workload, firstGroups).map { plan, firstGroup in
      let all = partitions(of: plan)
      return (0..<plan.processCount).map { number in
        ClientProcess(
          plan: plan, number: number, firstGroup: firstGroup, partitions: plan.application.partitions(readBy: number, among: all), duration: duration, seed: seed)
      }
    }
  }

  /// Whether a client has a transactional id.
  var hasTransactions: Bool { workload.contains { !$0.application.transactionalIDs.isEmpty } }

  /// How long a transaction may stay open after all faults are over: its own timeout, plus the time until its coordinator checks again, plus some time for messages.
  var transactionBound: Duration {
    let timeouts = workload.filter { !$0.application.transactionalIDs.isEmpty }.compactMap { $0.application.producer?.transactionTimeout }
    return (timeouts.max() ?? .zero) + settings.transactionTimeoutCheckInterval + .seconds(30)
  }

  /// All partitions of the topics of a workload entry, in the order in which they are divided among its clients.
  func partitions(of plan: WorkloadPlan) -> [TopicPartition] {
    plan.topics.flatMap { name in
      let count = topics.first { $0.name == name }?.partitionCount ?? 0
      return (0..<Int32(count)).map { TopicPartition(name, $0) }
    }
  }

  /// The values of clients' settings that were not set, one line each.
  package var warnings: [String] {
    workload.flatMap { plan in plan.application.connections.flatMap(\.adjustments).map { "\(plan.name): \($0)" } }
  }

  /// How long a client may wait although a leader with enough replicas is reachable.
  var availabilityBound: Duration {
    expectation.availability
      ?? settings.availabilityBound(
        for: workload.flatMap(\.application.connections), pollInterval: workload.map(\.application.pollInterval).max() ?? .zero)
  }

  /// Makes the lines of a file the values of all records of the workload, whatever the scenario says.
  /// Throws a `ScenarioError` if the file cannot be read or has no lines.
  public mutating func replacePayload(withLinesOf path: String, at place: Place) throws {
    let content = ValueContent.lines(try PayloadFile.lines(of: path, at: place))
    for index in workload.indices { workload[index].application.changeSendPlan { $0.value.content = content } }
  }
}
