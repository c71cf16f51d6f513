import Host
import Primitives
import Workloads

/// Consumer groups as their coordinators tell of them. Schedules and sightings refer to it.
///
/// Of two brokers that both believe to coordinate a group the one is believed that leads its partition by the controller's metadata: what the other one still decides
/// will not be committed. What is committed is believed whoever tells it.
struct GroupsView {
  struct GroupView {
    var standing: Occurrence.GroupStanding
    /// Who told it.
    var coordinator: NodeID
    /// How many rebalances have begun, the first one included.
    var rebalances = 0
    /// The generation in which it was stable last; nil before the first.
    var stableGeneration: Int32?
  }

  private var groups: [String: GroupView] = [:]
  private var committed: [GroupPartition: Offset] = [:]

  private struct GroupPartition: Hashable {
    var group: String
    var partition: TopicPartition
  }

  /// nil of a group that had no member yet.
  subscript(group: String) -> GroupView? { groups[group] }

  /// The next offset that a group is to be given of a partition; nil where it has committed none.
  func committed(_ group: String, _ partition: TopicPartition) -> Offset? { committed[GroupPartition(group: group, partition: partition)] }

  /// Notes what a node reports. Returns what an expectation may ask for, of what only the whole of the story shows.
  ///
  /// - Parameter coordinator: who leads the partition of a group.
  mutating func note(_ occurrence: Occurrence, by node: NodeID, _ coordinator: (_ group: String) -> NodeID) -> Sighting? {
    switch occurrence {
    case .groupChanged(let standing): return coordinator(standing.group) == node ? note(standing, by: node) : nil
    case .offsetCommitted(let group, let partition, let offset):
      committed[GroupPartition(group: group, partition: partition)] = offset
      return nil
    case .offsetReset(let group, let partition, let former, _): return former != nil || committed(group, partition) != nil ? .offsetReset : nil
    default: return nil
    }
  }

  private mutating func note(_ standing: Occurrence.GroupStanding, by node: NodeID) -> Sighting? {
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
  /// Whether members have begun to share partitions out anew. A group that prepares a rebalance goes through several states in one, and each epoch of a group of KIP-848 is
  /// one.
  fileprivate func beginsRebalance(after former: Self) -> Bool {
    if isEmpty { return false }
    if former.isEmpty { return true }
    if former.isStable { return !isStable || generation != former.generation }
    return state == "PreparingRebalance" ? former.state != state : former.state != "PreparingRebalance" && generation != former.generation
  }
}
