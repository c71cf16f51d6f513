import Primitives
import Sim
import Wire

extension TestCluster {
  /// The coordinator of a group, once there is one that is ready.
  func coordinator(
    of group: String, askedOf broker: Int32 = 1, otherThan former: Int32 = -1, isReady: (NodeIndex) throws -> Bool
  ) throws -> NodeIndex {
    for _ in 0..<200 {
      let found = try ask(node(broker), FindCoordinatorRequest { $0.coordinatorKeys = [group] }).coordinators[0]
      if found.errorCode == .none, found.nodeId != former, try isReady(node(found.nodeId)) { return node(found.nodeId) }
      world.run(for: .milliseconds(100))
    }
    throw NoCoordinator(group: group)
  }

  struct NoCoordinator: Error { let group: String }

  /// The groups that a broker coordinates, as `g Stable classic`.
  func listedGroups(_ node: NodeIndex) throws -> [String] {
    try ask(node, ListGroupsRequest()).groups.map { "\($0.groupId) \($0.groupState) \($0.groupType)" }
  }
}
