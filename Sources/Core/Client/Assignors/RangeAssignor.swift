import Primitives

/// Gives each member a range of the partitions of each topic (`RangeAssignor`). Members get the same partition numbers of similar topics, which joins
/// need.
///
/// With racks (KIP-881) a member first gets partitions of its rack, up to its share of the topic, and the rest in ranges; topics with the same
/// members and equal numbers of partitions are assigned alike if possible.
public struct RangeAssignor: PartitionAssignor {
  public var name: String { "range" }

  public init() {}

  public func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]] {
    let order = members.indices.sorted { SubscribedMember.comesFirst(members[$0], members[$1]) }
    let wanted = members.map { Set($0.topics) }
    var shares = topics.filter { $0.partitionCount > 0 }.map { topic in
      TopicShares(topic, members: order.filter { wanted[$0].contains(topic.name) }, of: members)
    }
    var assignment: [[TopicPartition]] = Array(repeating: [], count: members.count)
    let usesRacks = shares.contains(where: \.usesRacks)
    if usesRacks { matchRacks(&shares, &assignment) }
    for index in shares.indices { shares[index].deal(into: &assignment) }
    if usesRacks { for member in assignment.indices { assignment[member].sort() } }
    return assignment
  }

  private func matchRacks(_ shares: inout [TopicShares], _ assignment: inout [[TopicPartition]]) {
    var isDone = Array(repeating: false, count: shares.count)
    for first in shares.indices where !isDone[first] {
      // Without racks a topic's partitions do not count here (`t.partitionRacks.size()` is 0).
      let alike = shares.indices[first...].filter {
        shares[$0].members == shares[first].members && shares[$0].racks.count == shares[first].racks.count
      }
      for index in alike { isDone[index] = true }
      if alike.count > 1 {
        matchRacksTogether(alike, of: &shares, &assignment)
      } else if shares[first].usesRacks {
        let share = shares[first]
        shares[first].deal(into: &assignment) { share.racksMatch(of: $0, $1) }
      }
    }
  }

  /// Gives the same numbers of several topics to one member if its rack has replicas of all of them.
  private func matchRacksTogether(_ alike: [Int], of shares: inout [TopicShares], _ assignment: inout [[TopicPartition]]) {
    var remaining = shares[alike[0]].members
    for partition in 0..<shares[alike[0]].racks.count {
      let member = remaining.first { member in
        alike.allSatisfy { shares[$0].racksMatch(of: member, partition) && shares[$0].room(of: member) > 0 }
      }
      guard let member else { continue }
      for index in alike { shares[index].give(partition, to: member, &assignment) }
      if !alike.contains(where: { shares[$0].room(of: member) > 0 }) { remaining.removeAll { $0 == member } }
      if remaining.isEmpty { return }
    }
  }
}

/// One topic, and what its members may still get of it.
private struct TopicShares {
  let topic: AssignableTopic
  /// In the order in which they get their ranges.
  let members: [Int]
  /// The racks of each partition; empty if no member has a rack.
  let racks: [[String]]
  let usesRacks: Bool
  private let rackOfMember: [Int: String]
  /// In ascending order.
  private var unassigned: ArraySlice<Int>
  private var given: [Int: Int] = [:]
  private let minimum: Int
  /// How many members may still get one more than the minimum.
  private var extras: Int

  init(_ topic: AssignableTopic, members: [Int], of all: [SubscribedMember]) {
    self.topic = topic
    self.members = members
    unassigned = ArraySlice(0..<topic.partitionCount)
    minimum = members.isEmpty ? 0 : topic.partitionCount / members.count
    extras = members.isEmpty ? 0 : topic.partitionCount % members.count
    var rackOfMember: [Int: String] = [:]
    var memberRacks: Set<String> = []
    for member in members {
      guard let rack = all[member].knownRack else { continue }
      rackOfMember[member] = rack
      memberRacks.insert(rack)
    }
    self.rackOfMember = rackOfMember
    racks = memberRacks.isEmpty ? [] : (0..<topic.partitionCount).map { topic.racks(of: $0).withoutRepetitions }
    usesRacks = racksMatter(ofMembers: memberRacks, inPartitions: racks)
  }

  func racksMatch(of member: Int, _ partition: Int) -> Bool {
    rackOfMember[member].map { racks.indices.contains(partition) && racks[partition].contains($0) } ?? true
  }

  /// How many more partitions a member may get.
  func room(of member: Int) -> Int { max(0, minimum + (extras > 0 ? 1 : 0) - given[member, default: 0]) }

  mutating func give(_ partition: Int, to member: Int, _ assignment: inout [[TopicPartition]]) {
    let place = unassigned.partitioningIndex { $0 >= partition }
    if place < unassigned.endIndex, unassigned[place] == partition { unassigned.remove(at: place) }
    assign([partition], to: member, &assignment)
  }

  private mutating func assign(_ partitions: some Collection<Int>, to member: Int, _ assignment: inout [[TopicPartition]]) {
    assignment[member] += partitions.map { TopicPartition(topic.name, Int32($0)) }
    given[member, default: 0] += partitions.count
    if given[member, default: 0] > minimum { extras -= 1 }
  }

  /// Gives each member the next partitions, up to its share.
  mutating func deal(into assignment: inout [[TopicPartition]]) {
    for member in members {
      if unassigned.isEmpty { return }
      let next = unassigned.prefix(room(of: member))
      unassigned = unassigned[next.endIndex...]
      if !next.isEmpty { assign(next, to: member, &assignment) }
    }
  }

  /// As above, but only partitions that the member may get.
  mutating func deal(into assignment: inout [[TopicPartition]], where mayHave: (_ member: Int, _ partition: Int) -> Bool) {
    for member in members {
      if unassigned.isEmpty { return }
      let room = room(of: member)
      var next: [Int] = [], rest: [Int] = []
      for partition in unassigned {
        if next.count < room, mayHave(member, partition) { next.append(partition) } else { rest.append(partition) }
      }
      unassigned = rest[...]
      if !next.isEmpty { assign(next, to: member, &assignment) }
    }
  }
}
