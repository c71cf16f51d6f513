import Host
import Primitives

// What an occurrence is about.

extension Occurrence {
  /// The partition that it is about; nil if it is about none.
  var partition: TopicPartition? {
    switch self {
    case .leaderElected(let partition, _, _, _, _), .isrChanged(let partition, _, _, _), .becameLeader(let partition, _, _), .becameFollower(let partition, _, _),
      .truncated(let partition, _, _, _, _), .highWatermarkMoved(let partition, _, _), .isrProposed(let partition, _), .isrRefused(let partition, _, _),
      .logRecovered(let partition, _, _), .synced(let partition, _), .recordsDeleted(let partition, _, _, _, _), .markerWritten(let partition, _, _, _, _),
      .compacted(let partition, _), .groupsLoaded(let partition), .groupsUnloaded(let partition), .offsetCommitted(_, let partition, _), .transactionsLoaded(let partition),
      .transactionsUnloaded(let partition), .offsetReset(_, let partition, _, _):
      partition
    default: nil
    }
  }

  /// The leader epoch that it is about, of a partition or of the metadata log; nil if it is about none.
  var epoch: LeaderEpoch? {
    switch self {
    case .leaderElected(_, _, let epoch, _, _), .becameLeader(_, let epoch, _), .becameFollower(_, let epoch, _), .controllerElected(_, let epoch),
      .controllerResigned(_, let epoch, _):
      epoch
    case .metadataCommitted(let commit): commit.epoch
    case .votersAppended(let change), .votersCommitted(let change): change.epoch
    default: nil
    }
  }

  var group: String? {
    switch self {
    case .groupChanged(let standing): standing.group
    case .memberJoined(let group, _), .memberLeft(let group, _), .memberEvicted(let group, _, _), .memberFenced(let group, _, _), .offsetCommitted(let group, _, _),
      .offsetReset(let group, _, _, _):
      group
    default: nil
    }
  }

  var transactionalID: String? {
    switch self {
    case .transactionChanged(let standing): standing.transactionalID
    case .producerFenced(let id, _, _), .transactionTimedOut(let id, _, _): id
    default: nil
    }
  }

  /// The node that a controller decided about; nil if it is about none.
  var subjectNode: NodeID? {
    switch self {
    case .brokerRegistered(let node, _, _), .brokerFenced(let node, _), .brokerUnfenced(let node): node
    default: nil
    }
  }
}
