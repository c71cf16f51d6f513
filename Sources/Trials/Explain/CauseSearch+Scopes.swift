import Host
import Primitives
import Sim
import Wire
import Workloads

// What each scope of the table of dependencies means.

extension CauseSearch {
  /// The last fact before an effect that a dependency admits; nil if there is none.
  func cause(of place: Int, by dependency: Dependency) -> Int? {
    let effect = facts[place], kind = dependency.cause
    // Of what came during the same event, the cause may be told after the effect.
    let end = facts.end(of: effect.time)
    func last(_ holds: (Fact) -> Bool) -> Int? {
      facts.last(kind, before: end) { fact in
        (fact.time < effect.time || fact.event == effect.event || fact.event < effect.event) && holds(fact)
      }.flatMap { $0 == place ? nil : $0 }
    }
    func lastBefore(_ holds: (Fact) -> Bool) -> Int? { last { $0.event != effect.event && holds($0) } }

    switch dependency.scope {
    case .partitionAndNode: return last { $0.partition == effect.partition && $0.node == effect.node }
    case .partitionAndEpoch: return last { $0.partition == effect.partition && $0.epoch == effect.epoch }
    case .partitionEarlier: return lastBefore { $0.partition == effect.partition }
    case .leaderJoined:
      guard case .leaderElected(let partition, let leader, _, _, _)? = effect.occurrence else { return nil }
      return lastBefore { fact in
        if case .isrChanged(partition, let from, let to, _)? = fact.occurrence { to.contains(leader) && !from.contains(leader) } else { false }
      }
    case .formerLeader:
      guard let partition = effect.partition, let former = leader(of: partition, before: place) else { return nil }
      return kind == .fenced ? last { $0.subjectNode == former } : lastBefore { $0.node.map(world.id(of:)) == former && isRecent($0, effect) }
    case .followedLeader:
      guard case .truncated(let partition, _, _, _, let reason)? = effect.occurrence, reason != .highWatermark, reason != .recovery else { return nil }
      let followed = facts.last(.follows, before: end) { $0.partition == partition && $0.node == effect.node }
      return followed.flatMap { followed in last { $0.partition == partition && $0.epoch == facts[followed].epoch } }
    case .sameISR:
      guard case .isrChanged(let partition, _, let to, _)? = effect.occurrence else { return nil }
      return last { fact in if case .isrProposed(partition, let isr)? = fact.occurrence { isr.sorted() == to.sorted() } else { false } }
    case .removedMember: return removed(by: effect, place).flatMap { removed in last { concerns($0, removed) && isInForce($0, at: effect) } }
    case .addedMember:
      guard case .isrProposed(let partition, let isr)? = effect.occurrence else { return nil }
      let former = lastISR(of: partition, before: place)
      return last { fact in fact.partition == partition && fact.node.map { isr.contains(world.id(of: $0)) && !former.contains(world.id(of: $0)) } == true }
    case .subjectNode:
      guard let subject = effect.subjectNode else { return nil }
      return last { fact in
        // Heartbeats pass where other messages are held.
        if let api = fact.deed?.api, effect.kind == .fenced, api != .brokerHeartbeat { return false }
        return concerns(fact, [subject]) && (effect.kind != .fenced || isInForce(fact, at: effect))
      }
    case .node: return last { fact in fact.node == effect.node || fact.deed.map { deed in effect.node.map(deed.nodes.contains) == true } == true }
    case .nodeEarlier: return lastBefore { $0.node == effect.node }
    case .producer: return last { $0.isDecision(of: effect) }
    case .transaction:
      guard let id = effect.transactionalID, !effect.beginsTransaction else { return nil }
      return kind == .transactionTimedOut ? last { $0.transactionalID == id && isRecent($0, effect) } : lastBefore { $0.transactionalID == id }
    case .coordinator: return takeover(before: effect, place)
    case .member: return member(of: effect).flatMap { member in last { $0.node == member || $0.deed?.nodes.contains(member) == true } }
    case .sameMember:
      guard case .memberFenced(let group, let id, _)? = effect.occurrence else { return nil }
      return last { fact in if case .memberEvicted(group, id, _)? = fact.occurrence { true } else { false } }
    case .formerController:
      guard let former = facts.last(.controllerElected, before: place, where: { $0.node != effect.node })?.controller(in: facts) else { return nil }
      return last { ($0.node == former || $0.deed?.nodes.contains(former) == true) && isInForce($0, at: effect) }
    case .quorum: return last { isRecent($0, effect) }
    case .sameRecord:
      guard case .votersAppended(let change)? = effect.occurrence else { return nil }
      let first = facts.first(kind) { fact in
        if case .votersAppended(let other)? = fact.occurrence { other.offset == change.offset && other.epoch == change.epoch } else { false }
      }
      return first == place ? nil : first
    case .writer: return last { $0.epoch == effect.epoch }
    }
  }

  /// Whether one thing came so shortly before another that it can be its occasion.
  private func isRecent(_ cause: Fact, _ effect: Fact) -> Bool { effect.time - cause.time <= .seconds(30) }

  /// Whether what was done to a node lasted until an effect, or nearly.
  private func isInForce(_ cause: Fact, at effect: Fact) -> Bool {
    guard cause.kind == .fault || cause.kind == .stopped || cause.kind == .paused else { return true }
    let from = facts.begin(of: cause.time), until = facts.end(of: effect.time)
    let ended: Int?
    if let entry = cause.deed?.entry {
      ended = facts.first(.remedy, after: from, where: { $0.deed?.entry == entry && $0.time > cause.time })
    } else {
      ended = facts.first(cause.kind == .paused ? .resumed : .started, after: from, where: { $0.node == cause.node && $0.time > cause.time })
    }
    guard let ended, ended < until else { return true }
    return isRecent(facts[ended], effect)
  }

  /// Whether something happened to one of these nodes, or was decided about one of them.
  private func concerns(_ fact: Fact, _ subjects: [NodeID]) -> Bool {
    if let subject = fact.subjectNode { return subjects.contains(subject) }
    if let deed = fact.deed { return deed.nodes.contains { nodes.isServer($0) && subjects.contains(world.id(of: $0)) } }
    return fact.node.map { nodes.isServer($0) && subjects.contains(world.id(of: $0)) } == true
  }

  /// Who led a partition before an election.
  private func leader(of partition: TopicPartition, before place: Int) -> NodeID? {
    guard let epoch = facts[place].epoch else { return nil }
    let former = facts.last(.elected, before: place) { fact in
      if case .leaderElected(partition, let leader, let other, _, _)? = fact.occurrence { leader != .none && other < epoch } else { false }
    }
    guard let former, case .leaderElected(_, let leader, _, _, _)? = facts[former].occurrence else { return nil }
    return leader
  }

  private func lastISR(of partition: TopicPartition, before place: Int) -> [NodeID] {
    let last = facts.last(.isr, before: place) { $0.partition == partition }, elected = facts.last(.elected, before: place) { $0.partition == partition }
    switch facts[max(last ?? -1, elected ?? -1, 0)].occurrence {
    case .isrChanged(partition, _, let isr, _)?: return isr
    case .leaderElected(partition, _, _, let isr, _)?: return isr
    default: return []
    }
  }

  /// The brokers that an ISR loses, and for a proposal the leader that asks for it; nil where it loses none.
  private func removed(by effect: Fact, _ place: Int) -> [NodeID]? {
    switch effect.occurrence {
    case .isrChanged(_, let from, let to, _):
      let removed = from.filter { !to.contains($0) }
      return removed.isEmpty ? nil : removed
    case .isrProposed(let partition, let isr):
      let removed = lastISR(of: partition, before: place).filter { !isr.contains($0) }
      return removed.isEmpty ? nil : removed + [effect.node.map(world.id(of:)) ?? .none]
    default: return nil
    }
  }

  /// The coordinator that was loaded since another one told of the same group or transactional id; nil where it is still the same.
  private func takeover(before effect: Fact, _ place: Int) -> Int? {
    let former = facts.last(effect.kind, before: place) { fact in
      effect.group != nil ? fact.group == effect.group : fact.transactionalID == effect.transactionalID
    }
    guard let former, facts[former].node != effect.node else { return nil }
    return facts.last(.coordinatorLoaded, before: place) { $0.node == effect.node && $0.time >= facts[former].time }
  }

  /// The client that a member of a group is; nil where that cannot be told. Its id begins with the name of the client.
  private func member(of effect: Fact) -> NodeIndex? {
    switch effect.occurrence {
    case .memberEvicted(let group, let id, _), .memberLeft(let group, let id): client(withID: id, in: group, words: effect.words)
    default: nil
    }
  }

  private func client(withID id: String, in group: String, words: String?) -> NodeIndex? {
    let members = nodes.members(ofGroup: group)
    let named = members.first { words?.contains("\(world.name(of: $0)) (member") == true }
    return named ?? members.filter { id.hasPrefix(world.name(of: $0)) }.max { world.name(of: $0).count < world.name(of: $1).count }
  }
}

extension Fact {
  /// Whether a transaction begins or grows with it: what came before was another one, or says no more.
  fileprivate var beginsTransaction: Bool {
    if case .transactionChanged(let standing)? = occurrence { standing.state == "Ongoing" || standing.state == "Empty" } else { false }
  }
}

extension Int {
  /// The controller whose election stands at this place.
  fileprivate func controller(in facts: FactLog) -> NodeIndex? { facts[self].node }
}
