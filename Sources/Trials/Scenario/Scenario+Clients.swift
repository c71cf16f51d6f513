import Primitives
import Scenarios
import Workloads

extension Scenario {
  /// The client processes of each workload entry, in the order of the file.
  ///
  /// - Parameter duration: where the scenario ends early, until then.
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

  /// How long a transaction may stay open when nothing is wrong any more: what its producer asked for, until its coordinator looks again, and time to hear of each other.
  var transactionBound: Duration {
    let timeouts = workload.filter { !$0.application.transactionalIDs.isEmpty }.compactMap { $0.application.producer?.transactionTimeout }
    return (timeouts.max() ?? .zero) + settings.transactionTimeoutCheckInterval + .seconds(30)
  }

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
