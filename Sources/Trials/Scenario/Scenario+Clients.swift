import Primitives
import Scenarios
import Workloads

extension WorkloadPlan {
  /// How many client processes there are.
  package var processCount: Int {
    switch role {
    case .produce: clients
    case .consume(let consume): clients * consume.groups
    }
  }

  /// Whether its clients are producers.
  var sends: Bool {
    if case .produce = role { true } else { false }
  }

  /// What its client processes are called.
  func processName(_ number: Int) -> String { processCount == 1 ? name : "\(name)-\(number + 1)" }

  var processNames: some Sequence<String> { (0..<processCount).lazy.map(processName) }

  /// How many records its open loop sends at most; 0 where what it sends depends on the answers.
  func plannedRecords(within duration: Duration) -> Int128 {
    guard case .produce(let produce) = role, let highest = produce.load.highestRate else { return 0 }
    let time = min(stop ?? duration, duration) - start
    let records = Int128(highest.microrecordsPerSecond) * Int128(max(0, time.nanoseconds)) / 1_000_000_000_000_000
    return min(records, produce.records.map { Int128($0) * Int128(clients) } ?? records)
  }

  /// How many times the rate of its load changes.
  func rateChanges(within duration: Duration) -> Int128 {
    guard case .produce(let produce) = role else { return 0 }
    return switch produce.load {
    case .burst(_, _, let every, _): 2 * Int128(duration.nanoseconds) / Int128(every.nanoseconds)
    case .diurnal(_, _, let period): 1_000 * Int128(duration.nanoseconds) / Int128(period.nanoseconds)
    case .constant, .poisson, .steps, .ramp, .closed, .saturating: 0
    }
  }

  /// Records of all its clients that are under way at any time, of a closed loop.
  var outstanding: Int {
    guard case .produce(let produce) = role, case .closed(let outstanding) = produce.load else { return 0 }
    return clients * outstanding
  }

  /// How many times each record is delivered to this entry.
  package var groupCount: Int {
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
