import Client
import Primitives
import Scenarios

extension RealRun {
  /// The topics as a cluster with these brokers can have them: as many replicas as it has brokers, at most, and where the scenario names brokers those that stand at their place in the
  /// order of the ids. What differs from the scenario is told, a line each.
  ///
  /// Throws a `ScenarioError` where a topic would have fewer replicas than `min.insync.replicas` asks for: nobody could write to it with acks=all.
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

  /// The topic, and how many replicas its partitions have at least.
  private static func placed(_ topic: NewTopic, on brokers: [NodeID]) -> (topic: NewTopic, replicas: Int) {
    var placed = topic
    guard let assignments = topic.assignments else {
      placed.replicationFactor = min(topic.replicationFactor, Int16(clamping: brokers.count))
      return (placed, Int(placed.replicationFactor))
    }
    let replicas = assignments.map { $0.compactMap { number in brokers.indices.contains(Int(number.value) - 1) ? brokers[Int(number.value) - 1] : nil } }
    // A partition of which no broker is there goes to the first one.
    let whole = replicas.map { $0.isEmpty ? Array(brokers.prefix(1)) : $0 }
    guard Set(whole.map(\.count)).count > 1 else {
      placed.assignments = whole
      return (placed, whole.first?.count ?? 0)
    }
    // Partitions of a topic have equally many replicas in Kafka when it is created: the controller places them.
    let fewest = whole.map(\.count).min() ?? 1
    placed = NewTopic(topic.name, partitions: Int32(clamping: assignments.count), replicationFactor: Int16(clamping: fewest), configs: topic.configs)
    return (placed, fewest)
  }
}
