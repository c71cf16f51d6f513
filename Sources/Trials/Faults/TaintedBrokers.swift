import Primitives

/// Brokers whose log may lack what they acknowledged: from a power loss or a new disk until they are in sync again.
struct TaintedBrokers {
  private var brokers: Set<NodeID> = []

  var isEmpty: Bool { brokers.isEmpty }

  mutating func insert(_ broker: NodeID) { brokers.insert(broker) }

  /// Must be called when an ISR was committed. A broker that, in its new life, is in every ISR it belongs to has everything acknowledged again.
  mutating func removeInSync(_ members: [NodeID], _ replicas: KnownReplicas) {
    for broker in members where brokers.contains(broker) && replicas.isInSync(broker) { brokers.remove(broker) }
  }
}
