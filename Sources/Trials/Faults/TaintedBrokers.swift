import Host
import Primitives

/// Brokers whose log may lack what they acknowledged: since a power loss or a new disk, until they are in sync again.
struct TaintedBrokers {
  private var brokers: Set<NodeID> = []
  /// Those of them that have registered since: until then, the ISR that the controller knows is that of their former life.
  private var registeredAnew: Set<NodeID> = []

  var isEmpty: Bool { brokers.isEmpty }

  mutating func insert(_ broker: NodeID) {
    brokers.insert(broker)
    registeredAnew.remove(broker)
  }

  mutating func noteRegistration(of broker: NodeID) {
    if brokers.contains(broker) { registeredAnew.insert(broker) }
  }

  /// A broker that is in every ISR that it belongs to, in its new life, holds everything acknowledged again.
  mutating func noteInSync(_ members: [NodeID], _ nodes: NodeTable, _ cluster: ClusterView) {
    for broker in members where registeredAnew.contains(broker) {
      let isInSync = nodes.partitions.allSatisfy { partition in
        // Of a topic that was deleted nothing has to be in sync.
        !nodes.replicas(of: partition).contains(broker) || cluster.partitions[partition]?.isr.contains(broker) ?? true
      }
      guard isInSync else { continue }
      brokers.remove(broker)
      registeredAnew.remove(broker)
    }
  }
}
