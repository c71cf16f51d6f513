import Primitives

/// Brokers whose log may lack what they acknowledged: since a power loss or a new disk, until they are in sync again.
struct TaintedBrokers {
  private var brokers: Set<NodeID> = []

  var isEmpty: Bool { brokers.isEmpty }

  mutating func insert(_ broker: NodeID) { brokers.insert(broker) }

  /// To be called when an ISR was committed. A broker that is in every ISR that it belongs to, in its new life, holds everything acknowledged again.
  mutating func noteInSync(_ members: [NodeID], _ replicas: KnownReplicas) {
    for broker in members where brokers.contains(broker) && replicas.isInSync(broker) { brokers.remove(broker) }
  }
}
