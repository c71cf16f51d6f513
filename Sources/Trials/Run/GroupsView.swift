import Host
import Primitives
import Workloads

/// Consumer groups as reported by their coordinators. Schedules and sightings refer to it.
///
/// If two brokers both believe that they coordinate a group, the one that leads its partition in the controller's metadata counts: the decisions of the other one
/// will not be committed. Committed offsets count whichever broker reports them.
struct GroupsView {
  struct GroupView {
    var standing: Occurrence.GroupStanding
    /// The broker that reported it.
    var coordinator: NodeID
    /// The number of rebalances so far, including the first.
    var rebalances = 0
    /// The generation in which it was last stable; nil before the first.
    var stableGeneration: Int32?
  }

  private var groups: [String: GroupView] = [:]
  private var committed: [GroupPartition: Offset] = [:]

  private struct GroupPartition: Hashable {
    var group: String
    var partition: TopicPartition
  }

  /// nil for a group that has had no member yet.
  subscript(group: String) -> GroupView? { groups[group] }

  /// The committed offset of a group in a partition; nil if it has none.
  func committed(_ group: String, _ partition: TopicPartition) -> Offset? { committed[GroupPartition(group: group, partition: partition)] }

  /// Records what a node reports. Returns a sighting that only the history of reports shows.
  ///
  /// - Parameter coordinator: returns the leader of a group's partition.
  mutating func observe(_ occurrence: Occurrence, by node: NodeID, _ coordinator: (_ group: String) -> NodeID) -> Sighting? {
    switch occurrence {
    case .groupChanged(let standing): return coordinator(standing.group) == node ? observe(standing, by: node) : nil
    case .offsetCommitted(let group, let partition, let offset):
      committed[GroupPartition(group: group, partition: partition)] = offset
      return nil
    case .offsetReset(let group, let partition, let former, _): return former != nil || committed(group, partition) != nil ? .offsetReset : nil
    default: return nil
    }
  }

  private mutating func observe(_ standing: Occurrence.GroupStanding, by node: NodeID) -> Sighting? {
    guard var group = groups[standing.group] else {
      groups[standing.group] = GroupView(
        standing: standing, coordinator: node, rebalances: standing.isEmpty ? 0 : 1, stableGeneration: standing.isStable ? standing.generation : nil)
      return nil
    }
    defer { groups[standing.group] = group }
    let hasMoved = group.coordinator != node
    group.coordinator = node
    if standing.beginsRebalance(after: group.standing) { group.rebalances += 1 }
    group.standing = standing
    let former = group.stableGeneration
    if standing.isStable { group.stableGeneration = standing.generation }
    if hasMoved { return .coordinatorMove }
    return standing.isStable && former.map { $0 != standing.generation } == true ? .rebalance : nil
  }
}

extension Occurrence.GroupStanding {
  /// Whether members started to rebalance. A classic rebalance passes through several states; in a KIP-848 group each epoch is a
  /// rebalance.
  fileprivate func beginsRebalance(after former: Self) -> Bool {
    if isEmpty { return false }
    if former.isEmpty { return true }
    if former.isStable { return !isStable || generation != former.generation }
    return state == "PreparingRebalance" ? former.state != state : former.state != "PreparingRebalance" && generation != former.generation
  }
}
