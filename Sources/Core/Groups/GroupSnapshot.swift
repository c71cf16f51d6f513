import Primitives
import Wire

/// What is committed of a group at a moment, for those who watch it from outside.
public struct GroupSnapshot: Sendable {
  public struct Member: Sendable {
    public var id: String
    /// Of KIP-848; below zero while a static member is away.
    public var epoch: Int32
  }

  /// Kafka's name of it.
  public var state: String
  /// Whether nothing changes hands.
  public var isStable: Bool
  /// Of a classic group its generation.
  public var epoch: Int32
  /// In the order of their ids. Only those whose epochs are in the log: a classic group has none.
  public var members: [Member] = []
  /// In ascending order.
  public var offsets: [(partition: TopicPartition, offset: Offset)] = []
}

extension GroupShard {
  /// nil where there is no group of this id.
  public func snapshot(of id: String) -> GroupSnapshot? {
    var snapshot: GroupSnapshot
    switch groups[id] {
    case .classic(let group)?: snapshot = GroupSnapshot(state: group.state.rawValue, isStable: group.state == .stable, epoch: group.generation)
    case .consumer(let group)?:
      snapshot = GroupSnapshot(state: group.state.rawValue, isStable: group.state == .stable, epoch: group.epoch)
      snapshot.members = group.members.values.map { GroupSnapshot.Member(id: $0.id, epoch: $0.epoch) }
    case nil: return nil
    }
    for (topic, partitions) in offsets[id] ?? [:] {
      for (partition, committed) in partitions { snapshot.offsets.append((TopicPartition(topic, partition), Offset(committed.offset))) }
    }
    snapshot.offsets.sort { $0.partition < $1.partition }
    return snapshot
  }
}
