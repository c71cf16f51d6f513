import Client
import Primitives
import Scenarios
import Workloads

/// A consumer group of a scenario, with all its entries.
struct GroupPlan {
  let id: String
  /// In the order of the file.
  private(set) var topics: [String]
  /// What it is judged on: what all entries promise, and what the scenario expects by name.
  fileprivate(set) var guarantees: Set<Guarantee>
  private(set) var settleBound: Duration
  /// How many values the group makes of the record of a value; nil where only what it made says so.
  private(set) var outputs: (@Sendable (RecordValue) -> Int)?
  private var protocols: Set<GroupProtocol>

  fileprivate init(_ entry: MembershipPlan, reading topics: [String]) {
    id = entry.group
    self.topics = topics
    guarantees = entry.promises
    settleBound = entry.settleBound
    outputs = entry.outputs
    protocols = [entry.groupProtocol]
  }

  fileprivate mutating func join(_ entry: MembershipPlan, reading more: [String]) {
    topics += more.filter { !topics.contains($0) }
    guarantees.formIntersection(entry.promises)
    settleBound = max(settleBound, entry.settleBound)
    // Of several that make something nobody knows which one will.
    outputs = nil
    protocols.insert(entry.groupProtocol)
  }

  /// Whether its entries speak both protocols: a group that changes its kind may begin its epochs anew.
  var mixesProtocols: Bool { protocols.count > 1 }
}

extension Scenario {
  /// In the order of the file.
  var groups: [GroupPlan] {
    var groups: [GroupPlan] = []
    for plan in workload {
      guard let membership = plan.application.membership else { continue }
      if let place = groups.firstIndex(where: { $0.id == membership.group }) {
        groups[place].join(membership, reading: plan.topics)
      } else {
        groups.append(GroupPlan(membership, reading: plan.topics))
      }
    }
    let named = Set(Checkers.ofGroups.filter { expectation.names($0) })
    for place in groups.indices { groups[place].guarantees.formUnion(named) }
    return groups
  }
}

extension Expectation {
  fileprivate func names(_ guarantee: Guarantee) -> Bool {
    if case .some(let names) = holds, names.contains(guarantee.rawValue) { return true }
    return violates.contains(guarantee.rawValue)
  }
}
