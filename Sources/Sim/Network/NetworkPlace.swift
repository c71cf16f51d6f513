/// A node's place in the network, and how it is connected.
struct NetworkPlace {
  let node: NodeIndex
  /// Keys the random streams of links.
  let key: Int64
  let profile: NetworkProfile
  /// Whether frames to other nodes on the shared machine stay there.
  let isOnSharedMachine: Bool
}
