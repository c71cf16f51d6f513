import Host
import Primitives
import Replication
import Results
import Sim

/// The quantities of a timeline: who leads a partition, the size of its ISR, its leader's log end offset and high watermark, and how many partitions are offline.
///
/// A log end offset is not reported by brokers: it is looked at now and then.
struct TimelineQuantities {
  private struct Key: Hashable {
    let partition: TopicPartition
    let quantity: Quantity
  }

  private enum Quantity: String {
    case leader
    case isr = "ISR"
    case logEnd = "log end offset"
    case highWatermark = "high watermark"
  }

  /// How often to look, and at how many partitions at most.
  private static let interval = Duration.milliseconds(10)
  private static let mostLooks = 100

  private let nodes: NodeTable
  /// Those that are looked at.
  private var partitions: [TopicPartition]
  private var known: Set<TopicPartition>
  private var values: [Key: Int64] = [:]
  private var offline: Set<TopicPartition> = []
  private var looked = Instant.zero
  /// The position of the partition that is looked at next.
  private var next = 0

  /// - Parameter nodes: with the partitions of the scenario. Others are looked at once they have records.
  init(of nodes: NodeTable) {
    self.nodes = nodes
    partitions = nodes.partitions
    known = Set(partitions)
  }

  /// The values as they are now.
  mutating func all(_ cluster: ClusterView, _ world: World) -> [TimelineEvent.Content] {
    looked = world.now
    var changes = [offlinePartitions]
    for partition in partitions {
      changes += set(partition, .leader, Int64(cluster.leader(of: partition).value))
      changes += set(partition, .isr, Int64(cluster[partition].isr.count))
      changes += look(at: partition, cluster, world)
    }
    return changes
  }

  /// What changes with an occurrence.
  mutating func changes(by occurrence: Occurrence, at node: NodeIndex, _ cluster: ClusterView, _ world: World) -> [TimelineEvent.Content] {
    switch occurrence {
    case .leaderElected(let partition, let leader, _, let isr, _):
      let changed = leader == .none ? offline.insert(partition).inserted : offline.remove(partition) != nil
      return set(partition, .leader, Int64(leader.value)) + set(partition, .isr, Int64(isr.count)) + (changed ? [offlinePartitions] : [])
    case .isrChanged(let partition, _, let isr, _): return set(partition, .isr, Int64(isr.count))
    case .becameLeader(let partition, _, _): return look(at: partition, cluster, world)
    case .highWatermarkMoved(let partition, _, _):
      guard cluster.leader(of: partition) == world.id(of: node) else { return [] }
      if known.insert(partition).inserted { partitions.append(partition) }
      return look(at: partition, cluster, world)
    default: return []
    }
  }

  /// What has changed without an occurrence since the last look.
  mutating func sample(_ cluster: ClusterView, _ world: World) -> [TimelineEvent.Content] {
    guard world.now - looked >= Self.interval, !partitions.isEmpty else { return [] }
    looked = world.now
    var changes: [TimelineEvent.Content] = []
    for _ in 0..<min(partitions.count, Self.mostLooks) {
      next = (next + 1) % partitions.count
      changes += look(at: partitions[next], cluster, world)
    }
    return changes
  }

  private var offlinePartitions: TimelineEvent.Content { .quantity(subject: "cluster", quantity: "offline partitions", Int64(offline.count)) }

  private mutating func look(at partition: TopicPartition, _ cluster: ClusterView, _ world: World) -> [TimelineEvent.Content] {
    guard let leader = nodes.broker(cluster.leader(of: partition)), let replica = world.replica(of: partition, at: leader), replica.isLeader else { return [] }
    return set(partition, .logEnd, replica.logEndOffset.value) + set(partition, .highWatermark, replica.highWatermark.value)
  }

  private mutating func set(_ partition: TopicPartition, _ quantity: Quantity, _ value: Int64) -> [TimelineEvent.Content] {
    let key = Key(partition: partition, quantity: quantity)
    guard values[key] != value else { return [] }
    values[key] = value
    return [.quantity(subject: "\(partition)", quantity: quantity.rawValue, value)]
  }
}
