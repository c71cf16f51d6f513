/// Where a node is in the network, and how it is connected.
struct NetworkPlace {
  let node: NodeIndex
  /// Keys the random streams of links.
  let key: Int64
  let profile: NetworkProfile
  /// Whether frames to others of the kind stay on one machine.
  let isOnSharedMachine: Bool
}
