import Primitives

/// Follows this broker's replicas of a topic: a coordinator whose state is stored in them.
///
/// Calls come in the middle of a change of the replica: it has its new role, epoch and offsets, and the listener records that and acts later. It must
/// not append, or apply another state of the metadata to the replica manager, before it has returned. For each partition, calls come in the order of
/// events.
///
/// Compare Kafka's `PartitionListener`, `GroupCoordinator.onElection` and `onResignation`.
public protocol PartitionListener: AnyObject {
  /// The replica leads in this epoch. Called for every new epoch, even if the replica led in the previous one: what another leader appended in
  /// between is in its log.
  func becameLeader(of partition: Partition, in epoch: LeaderEpoch)
  /// The replica led in this epoch and no longer leads: another replica does, or none, its disk failed, it is being removed from this broker, or the
  /// broker ends.
  func steppedDown(from partition: Partition, in epoch: LeaderEpoch)
  /// A leader's or a follower's high watermark moved; a follower's may go back.
  func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset)
}

/// The listener for the replicas of a topic.
struct TopicListener {
  let topic: String
  // Unsafe: the listener owns the replica manager, or has the same owner.
  unowned(unsafe) let listener: any PartitionListener
}
