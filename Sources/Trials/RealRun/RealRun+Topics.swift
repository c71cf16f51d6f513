import Client
import Primitives
import Scenarios

extension RealRun {
  /// The topics adapted to a cluster with these brokers: at most as many replicas as brokers, and if the scenario names brokers, those at the same position in the
  /// order of the ids. Differences from the scenario are returned, one line each.
  ///
  /// Throws a `ScenarioError` if a topic would have fewer replicas than `min.insync.replicas` requires: producers with acks=all could not write to it.
  package func topics(on brokers: [NodeID]) throws -> (topics: [NewTopic], notes: [String]) {
    var topics: [NewTopic] = [], notes: [String] = []
    var mistakes = Mistakes()
    for (plan, topic) in zip(scenario.topics, self.topics) {
      let (placed, replicas) = Self.placed(topic, on: brokers)
      topics.append(placed)
      let least = settings.minimumCopies[plan.name] ?? 1
      if replicas < least {
        try mistakes.add(
          ScenarioError(
            at: plan.place, "topic \(plan.name) needs min.insync.replicas=\(least), and a cluster of \(brokers.count) broker\(brokers.count == 1 ? "" : "s") gives it \(replicas)",
            remedy: "Run against more brokers, or lower min.insync.replicas with --set."))
      } else if replicas < plan.replicationFactor {
        notes.append("topic \(plan.name) has \(replicas) replica\(replicas == 1 ? "" : "s") instead of \(plan.replicationFactor): the cluster has no more brokers")
      }
    }
    try mistakes.settle()
    return (topics, notes)
  }

  /// The topic, and the smallest number of replicas of its partitions.
  private static func placed(_ topic: NewTopic, on brokers: [NodeID]) -> (topic: NewTopic, replicas: Int) {
    var placed = topic
    guard let assignments = topic.assignments else {
      placed.replicationFactor = min(topic.replicationFactor, Int16(clamping: brokers.count))
      return (placed, Int(placed.replicationFactor))
    }
    let replicas = assignments.map { $0.compactMap { number in brokers.indices.contains(Int(number.value) - 1) ? brokers[Int(number.value) - 1] : nil } }
    // A partition without any of its brokers goes to the first one.
    let whole = replicas.map { $0.isEmpty ? Array(brokers.prefix(1)) : $0 }
    guard Set(whole.map(\.count)).count > 1 else {
      placed.assignments = whole
      return (placed, whole.first?.count ?? 0)
    }
    // When Kafka creates a topic, all its partitions have the same number of replicas: the controller places them.
    let fewest = whole.map(\.count).min() ?? 1
    placed = NewTopic(topic.name, partitions: Int32(clamping: assignments.count), replicationFactor: Int16(clamping: fewest), configs: topic.configs)
    return (placed, fewest)
  }
}
