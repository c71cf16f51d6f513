import Primitives

/// Whoever has to know what becomes of this broker's replicas of a topic: a coordinator whose state lies in them.
///
/// Calls come in the midst of a change of the replica: it has its new role, epoch and offsets, and whoever is called notes that and acts later.
/// It must not append, and it must not bring the replica manager to another state of the metadata, before it has returned. Of one partition calls
/// come in the order of what happened.
///
/// Compare Kafka's `PartitionListener`, `GroupCoordinator.onElection` and `onResignation`.
public protocol PartitionListener: AnyObject {
  /// The replica leads in this epoch. Comes with every new epoch, also where the replica led in the one before: what was appended in between by
  /// somebody else is in its log.
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch)
  /// The replica led in this epoch and leads no more: somebody else does, or nobody, its disk failed, it is taken from this broker, or the broker ends.
  func steppedDown(from partition: Partition, in epoch: LeaderEpoch)
  /// A leader's or a follower's high watermark moved, which that of a follower may do backwards.
  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset)
}

/// Who listens to the replicas of a topic.
struct TopicListener {
  let topic: String
  // Unsafe: it owns the replica manager, or is owned by what does.
  unowned(unsafe) let listener: any PartitionListener
}
