import Primitives

@testable import Controller

/// Things that may happen to a cluster of four brokers with a topic `t`.
enum RandomHistory {
  /// Something happens; what it was, in words.
  static func change(_ cluster: inout TestCluster, _ random: inout RandomStream) -> String {
    let broker = Int32(1 + random.below(4))
    let isFenced = cluster.state.image.broker(NodeID(broker))!.isFenced
    cluster.now = cluster.now + .milliseconds(10)
    switch random.below(8) {
    case 0 where !isFenced:
      cluster.fence(broker)
      return "fence \(broker)"
    case 1, 2:
      cluster.heartbeat(broker)
      return "heartbeat \(broker)"
    case 3 where isFenced:
      let isClean = random.chance(1, in: 2)
      cluster.start(broker, previousEpoch: isClean ? cluster.epoch(of: broker) : -1)
      return "restart \(broker), clean \(isClean)"
    case 4:
      cluster.heartbeat(broker, wantShutDown: true)
      return "shut down \(broker)"
    case 5:
      _ = cluster.elect(unclean: random.chance(1, in: 10))
      return "elect"
    case 6:
      _ = cluster.reassign(to: random.chance(1, in: 4) ? nil : Array([1, 2, 3, 4].shuffled(using: &random).prefix(Int(1 + random.below(3)))))
      return "reassign"
    default:
      let partition = cluster.partition()
      guard partition.hasLeader else { return "nothing" }
      let isr = partition.replicas.filter { $0 == partition.leader || random.chance(1, in: 2) }
      _ = cluster.alterPartition(by: partition.leader.value, to: isr.map(\.value), recovery: partition.leaderRecoveryState == .recovering && isr.count == 1 && random.chance(1, in: 2) ? .recovering : .recovered)
      return "alter to \(isr)"
    }
  }
}
