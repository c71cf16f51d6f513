import Primitives
import Workloads

extension WorkloadPlan {
  /// How many client processes there are.
  var processCount: Int {
    switch role {
    case .produce: clients
    case .consume(let consume): clients * consume.groups
    }
  }

  /// How many times each record is delivered to this entry.
  var groupCount: Int {
    switch role {
    case .produce: 0
    case .consume(let consume): consume.groups
    }
  }

  /// What the clients of one thread send; nil where they send nothing.
  func recordPool(seed: UInt64) -> RecordPool? {
    guard case .produce(let produce) = role else { return nil }
    return RecordPool(values: produce.value, keys: produce.keys, seed: seed)
  }
}

extension Scenario {
  /// All partitions of the topics of a workload entry, in the order in which they are shared out among its clients.
  func partitions(of plan: WorkloadPlan) -> [TopicPartition] {
    plan.topics.flatMap { name in
      let count = topics.first { $0.name == name }?.partitionCount ?? 0
      return (0..<Int32(count)).map { TopicPartition(name, $0) }
    }
  }

  /// Gives all records of the workload the lines of a file as their values, whatever the scenario says of them.
  /// Throws a `ScenarioError` where the file cannot be read or holds no lines.
  public mutating func replacePayload(withLinesOf path: String, at place: Place) throws {
    let content = ValueContent.lines(try PayloadFile.lines(of: path, at: place))
    for index in workload.indices {
      guard case .produce(var produce) = workload[index].role else { continue }
      produce.value.content = content
      workload[index].role = .produce(produce)
    }
  }
}
