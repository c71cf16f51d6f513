import Broker
import Host
import Primitives
import Sim

/// Checks a replica's own invariants at the end of an event in which it took or lost a role, an ISR or records, and its high watermark whenever that moves. For trials whose nodes
/// are not asked after each of their events.
struct ChangedReplicas {
  private struct Replica: Equatable {
    let node: NodeIndex
    let partition: TopicPartition
    /// Whether only the high watermark moved.
    let isMove: Bool
  }

  private var replicas = EachOnce<Replica>()

  var isEmpty: Bool { replicas.isEmpty }

  mutating func observe(_ occurrence: Occurrence, at node: NodeIndex) {
    switch occurrence {
    case .highWatermarkMoved(let partition, _, _): replicas.add(Replica(node: node, partition: partition, isMove: true))
    case .becameLeader(let partition, _, _), .becameFollower(let partition, _, _), .truncated(let partition, _, _, _, _), .isrProposed(let partition, _),
      .isrRefused(let partition, _, _):
      replicas.add(Replica(node: node, partition: partition, isMove: false))
    default: break
    }
  }

  /// Looks at the replicas of which something was told since the last look.
  mutating func look(in world: World) {
    replicas.take { replica in
      guard let partition = world.broker(at: replica.node)?.replicaManager?.partition(named: replica.partition) else { return }
      var check = InvariantCheck()
      if replica.isMove { partition.checkHighWatermark(&check) } else { partition.checkInvariants(&check) }
      world.addFindings(of: check, at: replica.node)
    }
  }
}
