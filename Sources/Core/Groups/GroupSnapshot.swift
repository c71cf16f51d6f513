import Primitives
import Wire

/// The committed state of a group at one moment, for observers outside.
public struct GroupSnapshot: Sendable {
  public struct Member: Sendable {
    public var id: String
    /// The epoch in a KIP-848 group; below zero while a static member is away.
    public var epoch: Int32
  }

  /// Kafka's name of the state.
  public var state: String
  /// Whether no partition is changing hands.
  public var isStable: Bool
  /// For a classic group, its generation.
  public var epoch: Int32
  /// In the order of their ids. Only members whose epochs are in the log: a classic group has none.
  public var members: [Member] = []
  /// Of all members, in the order of their ids.
  public var memberIDs: [String] = []
  /// The longest time that a member may be silent.
  public var sessionTimeout = Duration.zero
  /// In ascending order.
  public var offsets: [(partition: TopicPartition, offset: Offset)] = []
}

extension GroupShard {
  /// A snapshot of a group; nil if there is none with this id.
  public func snapshot(of id: String) -> GroupSnapshot? {
    var snapshot: GroupSnapshot
    switch groups[id] {
    case .classic(let group)?: snapshot = GroupSnapshot(state: group.state.rawValue, isStable: group.state == .stable, epoch: group.generation)
      snapshot.memberIDs = Array(group.members.keys)
      snapshot.sessionTimeout = .milliseconds(Int64(group.members.values.map(\.sessionTimeout).max() ?? 0))
    case .consumer(let group)?:
      snapshot = GroupSnapshot(state: group.state.rawValue, isStable: group.state == .stable, epoch: group.epoch)
      snapshot.memberIDs = Array(group.members.keys)
      let sessionTimeout = consumerSettings(id).sessionTimeout
      snapshot.sessionTimeout = group.members.values.map { $0.classic.map { .milliseconds(Int64($0.sessionTimeoutMs)) } ?? sessionTimeout }.max() ?? .zero
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
