import Client
import OrderedCollections
import Primitives
import Scenarios
import Workloads

/// A consumer group of a scenario, with all its entries.
struct GroupPlan {
  let id: String
  /// What each of its entries subscribes to.
  private let subscriptions: [(entry: String, topics: [String])]
  /// In the order of the file.
  let topics: [String]
  /// Those that all of its entries read.
  let commonTopics: [String]
  /// The guarantees that it is judged on: what all entries promise, and what the scenario expects by name.
  let guarantees: Set<Guarantee>
  let settleBound: Duration
  /// How many values the group makes from a record, if its input tells; nil if only the output does.
  let outputs: (@Sendable (RecordValue) -> Int)?
  /// Whether its entries use both protocols: a group that changes its type may start its epochs again.
  let mixesProtocols: Bool

  fileprivate init(_ id: String, _ entries: [(plan: WorkloadPlan, membership: MembershipPlan)], judgedOn named: Set<Guarantee>) {
    self.id = id
    subscriptions = entries.map { ($0.plan.name, $0.plan.topics) }
    topics = Array(OrderedSet(entries.flatMap(\.plan.topics)))
    commonTopics = topics.filter { topic in entries.allSatisfy { $0.plan.topics.contains(topic) } }
    let memberships = entries.map(\.membership)
    guarantees = memberships.dropFirst().reduce(memberships[0].promises) { $0.intersection($1.promises) }.union(named)
    settleBound = memberships.map(\.settleBound).max() ?? .zero
    // If several entries make values, it is unknown which one processes a record.
    outputs = memberships.count == 1 ? memberships[0].outputs : nil
    mixesProtocols = Set(memberships.map(\.groupProtocol)).count > 1
  }

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
    let entries = workload.compactMap { plan in plan.application.membership.map { (plan: plan, membership: $0) } }
    let named = Set(Checkers.ofGroups.filter { expectation.names($0) })
    return OrderedDictionary(grouping: entries, by: \.membership.group).map { GroupPlan($0.key, $0.value, judgedOn: named) }
  }
}

extension Expectation {
  fileprivate func names(_ guarantee: Guarantee) -> Bool {
    if case .some(let names) = holds, names.contains(guarantee.rawValue) { return true }
    return violates.contains(guarantee.rawValue)
  }
}
