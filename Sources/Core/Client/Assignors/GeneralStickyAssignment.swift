import OrderedCollections
import Primitives

/// The sticky assignment if members want different topics: partitions go to the least loaded member, and then move one by one while that makes the
/// assignment more balanced (`AbstractStickyAssignor.GeneralAssignmentBuilder`).
struct GeneralStickyAssignment {
  private struct Former {
    let member: Int
    let generation: Int32
  }

  private let problem: StickyProblem
  /// The topics that each member wants and that exist, and the members that want each topic.
  private let wanted: [Set<String>]
  private var wanting: [String: [Int]] = [:]
  private var current: [[TopicPartition]]
  private var owner: [TopicPartition: Int] = [:]
  /// In the order in which they are placed: partitions that few members want come first.
  private var allPartitions: [TopicPartition] = []
  /// Members whose assignment may change; those with few partitions come first.
  private var order: [Int] = []
  private var isFixed: [Bool]
  /// For partitions whose previous owner missed a generation.
  private var formerOwners: [TopicPartition: Former] = [:]
  private var moves = PartitionMoves()
  /// How many partitions each member could own.
  private let possible: [Int]
  /// Whether an imbalance was found and nothing has moved since; finding one checks everything.
  private var isKnownToBeUnbalanced = false
  private var mustRevoke = false

  init(_ problem: StickyProblem) {
    self.problem = problem
    let existing = Set(problem.topics.map(\.name))
    var wanted: [Set<String>] = Array(repeating: [], count: problem.members.count)
    isFixed = Array(repeating: false, count: problem.members.count)
    current = problem.owned
    for topic in problem.topics { wanting[topic.name] = [] }
    for (index, member) in problem.members.enumerated() {
      for topic in member.topics where existing.contains(topic) && wanted[index].insert(topic).inserted { wanting[topic, default: []].append(index) }
    }
    self.wanted = wanted
    possible = wanted.map { wanted in problem.topics.reduce(0) { $0 + (wanted.contains($1.name) ? $1.partitionCount : 0) } }
    let sorted = problem.topics.sorted { [wanting] left, right in
      let counts = (wanting[left.name]?.count ?? 0, wanting[right.name]?.count ?? 0)
      return counts.0 == counts.1 ? left.name < right.name : counts.0 < counts.1
    }
    allPartitions = sorted.flatMap(\.partitions)
  }

  mutating func make() -> [[TopicPartition]] {
    rememberFormerOwners()
    let kept = keepOwned()
    let unassigned = kept.isEmpty ? allPartitions : allPartitions.filter { !kept.contains($0) }
    order = problem.members.indices.sorted(by: comesFirst)
    balance(unassigned)
    return current
  }

  private mutating func rememberFormerOwners() {
    for member in problem.members.indices {
      guard let claim = problem.claims[member], claim.generation < problem.latestGeneration else { continue }
      for partition in claim.partitions where formerOwners[partition].map({ claim.generation > $0.generation }) ?? true {
        formerOwners[partition] = Former(member: member, generation: claim.generation)
      }
    }
  }

  private mutating func keepOwned() -> Set<TopicPartition> {
    var kept: Set<TopicPartition> = []
    for member in problem.members.indices {
      let owned = current[member]
      current[member] = owned.filter { wanted[member].contains($0.topic) && !problem.racks.mismatch(member, $0) }
      if current[member].count < owned.count { mustRevoke = true }
      for partition in current[member] { owner[partition] = member }
      kept.formUnion(current[member])
    }
    return kept
  }

  // MARK: Member order

  private func comesFirst(_ left: Int, _ right: Int) -> Bool { (current[left].count, left) < (current[right].count, right) }

  private mutating func takeOut(_ member: Int) {
    let place = order.partitioningIndex { !comesFirst($0, member) }
    if order.indices.contains(place), order[place] == member { order.remove(at: place) }
  }

  private mutating func putBack(_ member: Int) { order.insert(member, at: order.partitioningIndex { comesFirst(member, $0) }) }

  // MARK: Balance

  private mutating func balance(_ partitions: [TopicPartition]) {
    let isFirst = order.last.map { current[$0].isEmpty } ?? true
    var rest = partitions
    if !problem.racks.isEmpty { rest.removeAll { place($0, nearby: true) } }
    for partition in rest { _ = place(partition, nearby: false) }

    let movable = allPartitions.filter { (wanting[$0.topic]?.count ?? 0) >= 2 }
    for member in problem.members.indices where !mayChange(member) {
      takeOut(member)
      isFixed[member] = true
    }
    let before = (current, owner)
    if !mustRevoke { _ = move(partitions.filter { (wanting[$0.topic]?.count ?? 0) >= 2 }) }
    let hasMoved = move(movable)
    if !isFirst, hasMoved, imbalance(of: current) >= imbalance(of: before.0) { (current, owner) = before }
  }

  /// Gives a partition to the least loaded member that wants it; with `nearby`, only if racks permit it.
  private mutating func place(_ partition: TopicPartition, nearby: Bool) -> Bool {
    guard let member = order.first(where: { wanted[$0].contains(partition.topic) && !(nearby && problem.racks.mismatch($0, partition)) }) else { return false }
    takeOut(member)
    current[member].append(partition)
    owner[partition] = member
    putBack(member)
    return true
  }

  private func mayChange(_ member: Int) -> Bool {
    current[member].count < possible[member] || current[member].contains { (wanting[$0.topic]?.count ?? 0) >= 2 }
  }

  /// Moves partitions until none can move to a member that has at least two fewer.
  private mutating func move(_ partitions: [TopicPartition]) -> Bool {
    var hasMoved = false
    isKnownToBeUnbalanced = false
    while true {
      var moved = false
      for partition in partitions {
        if !isKnownToBeUnbalanced {
          if isBalanced { break }
          isKnownToBeUnbalanced = true
        }
        guard let member = owner[partition] else { continue }
        if let former = formerOwners[partition]?.member, !isFixed[former], wanted[former].contains(partition.topic),
          current[member].count > current[former].count + 1 {
          reassign(partition, to: former)
          moved = true
        } else if let taker = taker(of: partition, from: member) {
          reassign(partition, to: taker)
          moved = true
        }
      }
      if !moved { return hasMoved }
      hasMoved = true
    }
  }

  private func taker(of partition: TopicPartition, from member: Int) -> Int? {
    let possible = wanting[partition.topic] ?? []
    guard possible.contains(where: { current[member].count > current[$0].count + 1 }) else { return nil }
    return order.first { wanted[$0].contains(partition.topic) }
  }

  private mutating func reassign(_ partition: TopicPartition, to taker: Int) {
    guard let giver = owner[partition] else { return }
    let moved = moves.better(than: partition, from: giver, to: taker)
    guard let from = owner[moved] else { return }
    isKnownToBeUnbalanced = false
    takeOut(from)
    takeOut(taker)
    moves.add(moved, from: from, to: taker)
    current[from].removeAll { $0 == moved }
    current[taker].append(moved)
    owner[moved] = taker
    putBack(taker)
    if from != taker { putBack(from) }
  }

  private var isBalanced: Bool {
    guard let first = order.first, let last = order.last else { return true }
    if current[first].count >= current[last].count - 1 { return true }
    for member in order where current[member].count < possible[member] {
      for topic in problem.topics where wanted[member].contains(topic.name) {
        for partition in topic.partitions {
          guard let other = owner[partition], other != member else { continue }
          if current[member].count + 1 < current[other].count { return false }
        }
      }
    }
    return true
  }

  /// The sum of the differences between each pair of members that may change.
  private func imbalance(of assignment: [[TopicPartition]]) -> Int {
    let counts = assignment.indices.filter { !isFixed[$0] }.map { assignment[$0].count }.sorted()
    return counts.enumerated().reduce(0) { $0 + $1.element * (2 * $1.offset - counts.count + 1) }
  }
}

/// Which partitions moved between which members, so that two members do not exchange partitions of one topic (`PartitionMovements`).
private struct PartitionMoves {
  private struct Pair: Hashable {
    let from: Int
    let to: Int
  }

  private var byTopic: [String: [Pair: OrderedSet<TopicPartition>]] = [:]
  private var byPartition: [TopicPartition: Pair] = [:]

  mutating func add(_ partition: TopicPartition, from: Int, to: Int) {
    guard let former = byPartition.removeValue(forKey: partition) else { return add(partition, Pair(from: from, to: to)) }
    byTopic[partition.topic]?[former]?.remove(partition)
    if byTopic[partition.topic]?[former]?.isEmpty ?? false { byTopic[partition.topic]?[former] = nil }
    if former.from != to { add(partition, Pair(from: former.from, to: to)) }
  }

  private mutating func add(_ partition: TopicPartition, _ pair: Pair) {
    byPartition[partition] = pair
    byTopic[partition.topic, default: [:]][pair, default: []].append(partition)
  }

  /// A partition of the same topic that moved the other way before and can move back instead; otherwise the partition itself.
  func better(than partition: TopicPartition, from: Int, to: Int) -> TopicPartition {
    let origin = byPartition[partition]?.from ?? from
    return byTopic[partition.topic]?[Pair(from: to, to: origin)]?.first ?? partition
  }
}
