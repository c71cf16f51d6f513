import Groups
import Primitives
import Replication
import Wire

/// What a request waits for at the broker that has it, for observers.
public enum RequestWait {
  /// The answer to the request before it on its connection.
  case request(ApiKey)
  /// The high watermark, or a sync of the leader.
  case append(WaitingAppend)
  case fetch(WaitingFetch)
  /// The replicas that have not deleted records below a low watermark.
  case deletion(Partition, lowWatermark: Offset)
  /// The other members of a group.
  case group(String)
  /// The commit of what a coordinator decided, by the partition of its topic.
  case commit(TopicPartition)
  /// The controller's answer to a request that the broker forwards, or to one of its own.
  case controller(ApiKey)
  /// The coordinator of a transaction, which the broker asks whether partitions belong to it, and asks again while it may change its mind.
  case verification(transactionalID: String)
  /// Nothing that is known.
  case nothing
}
