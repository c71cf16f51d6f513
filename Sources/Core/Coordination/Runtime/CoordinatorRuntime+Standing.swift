import Host
import Primitives

/// How far the coordinator of a partition has come, for observers.
public enum CoordinatorStanding: Sendable, Equatable {
  /// This broker does not coordinate the partition.
  case absent
  /// It was told that it leads the partition, and reads the log: so far up to an offset.
  case loading(upTo: Offset, since: Instant)
  /// The log could not be read, or another broker coordinates.
  case failed
  /// What was decided up to `writtenUpTo` is not all committed.
  case uncommitted(from: Offset, writtenUpTo: Offset)
  /// Everything that was decided is committed.
  case settled
}

extension CoordinatorRuntime {
  /// How far the coordinator of a partition has come.
  public func standing(of number: Int32) -> CoordinatorStanding {
    guard let partition = partition(number), !partition.isOver else { return .absent }
    switch partition.state {
    case .loading: return .loading(upTo: partition.writtenOffset, since: partition.since)
    case .failed: return .failed
    case .active:
      guard partition.hasPending || partition.committedOffset < partition.writtenOffset else { return .settled }
      return .uncommitted(from: partition.committedOffset, writtenUpTo: partition.writtenOffset)
    }
  }

  /// What was decided in a partition, whether or not it is committed, for observers; nil while nothing can be decided in it.
  public func decidedShard(of number: Int32) -> Shard? {
    guard let partition = partition(number), partition.state == .active, !partition.isOver else { return nil }
    return partition.decided
  }
}
