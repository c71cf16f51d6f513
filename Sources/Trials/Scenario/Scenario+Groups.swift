import Client
import Primitives
import Scenarios
import Workloads

/// What an entry of the workload says of the consumer group that its clients are members of.
struct MembershipPlan: Sendable {
  let group: String
  let groupProtocol: GroupProtocol
  /// What its settings promise.
  let promises: Set<Guarantee>
  /// How long the group may take to come to rest when nothing is wrong any more.
  let settleBound: Duration
}

/// A consumer group of a scenario, with all its entries.
struct GroupPlan {
  let id: String
  /// In the order of the file.
  fileprivate(set) var topics: [String]
  /// What it is judged on: what all entries promise, and what the scenario expects by name.
  fileprivate(set) var guarantees: Set<Guarantee>
  fileprivate(set) var settleBound: Duration
  fileprivate let groupProtocol: GroupProtocol
  /// Whether its entries speak both protocols: a group that changes its kind may begin its epochs anew.
  fileprivate(set) var mixesProtocols = false
}

extension Scenario {
  /// In the order of the file.
  var groups: [GroupPlan] {
    var groups: [GroupPlan] = []
    for plan in workload {
      guard let membership = plan.application.membership else { continue }
      guard let place = groups.firstIndex(where: { $0.id == membership.group }) else {
        groups.append(
          GroupPlan(id: membership.group, topics: plan.topics, guarantees: membership.promises, settleBound: membership.settleBound,
            groupProtocol: membership.groupProtocol))
        continue
      }
      groups[place].topics += plan.topics.filter { !groups[place].topics.contains($0) }
      groups[place].guarantees.formIntersection(membership.promises)
      if membership.groupProtocol != groups[place].groupProtocol { groups[place].mixesProtocols = true }
      groups[place].settleBound = max(groups[place].settleBound, membership.settleBound)
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
