import Broker
import Host
import Primitives
import Replication
import Sim

/// Checks that a leader asks for an ISR without a broker whose process has ended, when that lacks records for longer than `replica.lag.time.max.ms`.
struct LaggingMembers {
  private struct Member: Hashable {
    let partition: TopicPartition
    let id: NodeID
    let leader: NodeID
    let epoch: LeaderEpoch
  }

  /// How much later it may be: the ISR is looked at twice within the time (`ReplicaManager`'s `isr-expiration`), and timers of a slow broker run late.
  private static let grace = Duration.seconds(1)

  private var lacking = SeenSince<Member>()

  /// Called several times a second.
  mutating func look(in world: World, _ nodes: NodeTable) {
    let dead = nodes.brokers.filter { !world.isRunning($0) }.map { world.id(of: $0) }
    lacking.beginLook()
    guard !dead.isEmpty else { return }
    for node in nodes.brokers where world.status(of: node) == .running {
      guard let broker = world.broker(at: node), let manager = broker.replicaManager, !manager.isEnding else { continue }
      var check = InvariantCheck()
      for partition in manager.partitions where partition.isLeader && partition.inSyncReplicas.proposal == nil {
        for follower in partition.followers where follower.isInSync && follower.logEndOffset < partition.logEndOffset && dead.contains(follower.id) {
          let member = Member(partition: partition.topicPartition, id: follower.id, leader: partition.leaderID, epoch: partition.leaderEpoch)
          let since = lacking.see(member, at: world.now), lag = broker.configuration.replication.replicaLagTimeMax
          check.require(
            world.now - since <= lag + lag / 2 + Self.grace,
            "\(member.partition): broker \(member.id) has ended and lacks records for \(world.now - since), and its leader, broker \(member.leader), does not ask for an ISR without it")
        }
      }
      world.addFindings(of: check, at: node)
    }
  }
}
