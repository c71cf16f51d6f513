import Client
import Primitives
import Scenarios
import Workloads

/// A consumer group of a scenario, with all its entries.
struct GroupPlan {
  let id: String
  /// In the order of the file.
  private(set) var topics: [String]
  /// Those that all of its entries read.
  private(set) var commonTopics: [String]
  /// The guarantees that it is judged on: what all entries promise, and what the scenario expects by name.
  fileprivate(set) var guarantees: Set<Guarantee>
  private(set) var settleBound: Duration
  /// How many values the group makes from a record, if its input tells; nil if only the output does.
  private(set) var outputs: (@Sendable (RecordValue) -> Int)?
  private var protocols: Set<GroupProtocol>
  /// What each of its entries subscribes to.
  private var subscriptions: [(entry: String, topics: [String])]

  fileprivate init(_ entry: MembershipPlan, named name: String, reading topics: [String]) {
    id = entry.group
    self.topics = topics
    subscriptions = [(name, topics)]
    commonTopics = topics
    guarantees = entry.promises
    settleBound = entry.settleBound
    outputs = entry.outputs
    protocols = [entry.groupProtocol]
  }

  fileprivate mutating func join(_ entry: MembershipPlan, named name: String, reading more: [String]) {
    subscriptions.append((name, more))
    topics += more.filter { !topics.contains($0) }
    commonTopics.removeAll { !more.contains($0) }
    guarantees.formIntersection(entry.promises)
    settleBound = max(settleBound, entry.settleBound)
    // If several entries make values, it is unknown which one processes a record.
    outputs = nil
    protocols.insert(entry.groupProtocol)
  }

  /// Whether its entries use both protocols: a group that changes its type may start its epochs again.
  var mixesProtocols: Bool { protocols.count > 1 }

  /// The topics that are subscribed to while only some of its entries have members, in the order of the file.
  func topics(ofEntriesWhere hasMembers: (String) -> Bool) -> [String] {
    // Mostly all subscribe to the same.
    if commonTopics.count == topics.count { return topics }
    let subscribed = subscriptions.filter { hasMembers($0.entry) }.flatMap(\.topics)
    return topics.filter(subscribed.contains)
  }
}

extension Scenario {
  /// In the order of the file.
  var groups: [GroupPlan] {
    var groups: [GroupPlan] = []
    for plan in workload {
      guard let membership = plan.application.membership else { continue }
      if let place = groups.firstIndex(where: { $0.id == membership.group }) {
        groups[place].join(membership, named: plan.name, reading: plan.topics)
      } else {
        groups.append(GroupPlan(membership, named: plan.name, reading: plan.topics))
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
