import Primitives
import Scenarios
import Workloads

/// Reads the entries below `workload`.
struct WorkloadReader {
  let names: DeclaredNames
  /// The duration of the scenario; nil if the file is wrong about it.
  let duration: Duration?
  /// The scenario file, which paths are relative to.
  let file: String

  func read(_ value: Value) throws -> [WorkloadPlan] {
    let entries = try value.list { $0 }
    guard !entries.isEmpty else { throw value.error("no client does anything", remedy: "Write - produce: { topic: t, rate: 100/s }.") }
    var taken: [String] = []
    let plans = try value.list { entry in
      let plan = try plan(entry, taken: taken)
      taken.append(plan.name)
      return plan
    }
    var mistakes = Mistakes()
    try mistakes.collect { try checkSums(of: plans, at: value) }
    if mistakes.isEmpty { try checkProcessNames(of: plans, entries) }
    try mistakes.settle()
    return plans
  }

  private func plan(_ value: Value, taken: [String]) throws -> WorkloadPlan {
    var entry = try MapReader(value)
    let chosen = try ApplicationKinds.all.compactMap { kind in try entry.optional(kind.word) { (kind: kind, body: $0) } }
    try entry.finish()
    guard chosen.count == 1 else {
      throw value.error("expected one kind of client", remedy: "Write \(ApplicationKinds.words.map { "\($0): { ... }" }.joined(separator: " or ")).")
    }
    return try plan(chosen[0].body, of: chosen[0].kind, taken: taken)
  }

  private func plan(_ body: Value, of kind: any ApplicationKind.Type, taken: [String]) throws -> WorkloadPlan {
    var map = try MapReader(body)
    let given = try map.optional("name") { try $0.clientName() }
    let name = DeclaredNames.clientName(given, word: kind.word, taken: taken)
    let application = try kind.init(&map, ApplicationReader(names: names, file: file, name: name, place: body.place))
    let start = try map.optional("from") { from in
      let start = try from.duration()
      if let duration, start >= duration { throw from.error("the clients would start when the scenario is over", remedy: "Write a time below \(duration.words).") }
      return start
    }
    let stop = try map.optional("to") { to in
      let stop = try to.duration()
      if stop <= start ?? .zero { throw to.error("the clients would stop before they start", remedy: "Write a time above \((start ?? .zero).words).") }
      return stop
    }
    try map.finish()
    return WorkloadPlan(name: name, application: application, start: start ?? .zero, stop: stop)
  }

  // MARK: All entries together

  private func checkSums(of plans: [WorkloadPlan], at value: Value) throws {
    let processes = plans.reduce(0) { $0 + $1.processCount }
    guard processes <= Bounds.processes else {
      throw value.error(
        "\(processes) client processes in all are too many", remedy: "The entries of a workload may have \(Bounds.processes) together: clients, times groups.")
    }
    if let brokers = names.brokers, processes * brokers > Bounds.connections {
      throw value.error(
        "\(processes) client processes of \(brokers) brokers are too many", remedy: "Clients times brokers may be \(Bounds.connections): each may talk to each.")
    }
    let read = plans.reduce(0) { sum, plan in sum + plan.groupCount * plan.topics.reduce(0) { $0 + (names.initialPartitions[$1] ?? 0) } }
    guard read <= Bounds.readPartitions else {
      throw value.error("\(read) partitions to read are too many", remedy: "All groups together may read \(Bounds.readPartitions): groups, times partitions.")
    }
    let outstanding = plans.reduce(0) { $0 + $1.outstanding }
    guard outstanding <= Bounds.outstanding else {
      throw value.error("\(outstanding) records under way are too many", remedy: "All closed loops together may have \(Bounds.outstanding): clients, times outstanding.")
    }
    guard let duration else { return }
    guard plans.reduce(Int128(0), { $0 + ($1.application.sendPlan?.rateChanges(within: duration) ?? 0) }) <= Bounds.rateChanges else {
      throw value.error("the rates change too often", remedy: "All loads together may change \(Bounds.rateChanges) times: write longer periods. A sine has a thousand steps.")
    }
    let records = plans.reduce(Int128(0)) { $0 + $1.plannedRecords(within: duration) }
    guard records <= Bounds.records else {
      throw value.error(
        "\(records) records in all are too many", remedy: "All entries together may send \(Bounds.records): lower rates, a shorter duration, or records: on an entry.")
    }
  }

  /// Every process is a node with a unique name, besides the nodes that every trial has.
  private func checkProcessNames(of plans: [WorkloadPlan], _ entries: [Value]) throws {
    var owners: [String: String] = [:]
    var mistakes = Mistakes()
    for (plan, entry) in zip(plans, entries) {
      for process in plan.processNames {
        let problem =
          if NodeSelector.isReserved(process) { plan.name == process ? "'\(process)' has a meaning of its own" : "'\(plan.name)' has a process '\(process)', which has a meaning of its own" }
          else if let owner = owners[process] { owner == plan.name ? "two entries are named '\(process)'" : "'\(owner)' and '\(plan.name)' both have a process '\(process)'" }
          else { nil as String? }
        owners[process] = plan.name
        guard let problem else { continue }
        let place = entry[type(of: plan.application).word] ?? entry
        try mistakes.add((place["name"] ?? place).error(problem, remedy: "Give the entry another name."))
        break
      }
    }
    try mistakes.settle()
  }
}

extension Value {
  /// The name of a workload entry: it is also the host of its processes, and fault entries refer to it.
  fileprivate func clientName() throws -> String {
    let name = try string()
    guard (1...Bounds.name).contains(name.count), name.allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) }) else {
      throw error("'\(name.quotable)' cannot name clients", remedy: "Use letters, digits, dots, dashes and underscores, at most \(Bounds.name).")
    }
    return name
  }
}
