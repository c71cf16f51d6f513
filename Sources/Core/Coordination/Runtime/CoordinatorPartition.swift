import Host
import Primitives
import Wire

/// A coordinator's state for one partition while this broker leads it in one epoch.
final class CoordinatorPartition<Shard: CoordinatorShard> {
  enum State {
    case loading
    case active
    /// The partition's records could not be read. Another leader may be able to.
    case failed
  }

  /// How records change the state.
  enum Change {
    case nothing
    case batch(CoordinatorBatch)
    /// The same, without decoding the records.
    case known((inout Shard) -> Void)
  }

  /// A decision that is in the log and not committed yet.
  struct Pending {
    /// It is committed when the high watermark reaches this offset.
    let endOffset: Offset
    var change: Change
    let deadline: Instant
    /// Sends the response; nil once that is done.
    var finish: ((ErrorCode?) -> Void)?
  }

  let number: Int32
  let epoch: LeaderEpoch
  /// When it began to load.
  let since: Instant
  var state = State.loading
  /// Whether another broker leads, or this one in another epoch: nothing more may be decided here.
  var isOver = false
  /// The state after every record that the log has accepted.
  var decided: Shard
  /// The state after every committed record.
  var committed: Shard
  /// The offsets up to which records were applied to `committed` and to `decided`.
  var committedOffset = Offset(0)
  var writtenOffset = Offset(0)
  /// The end of the log when it was loaded.
  var loadedOffset = Offset(0)
  var pending: ContiguousArray<Pending> = []
  /// The index of the first pending decision that is not committed.
  var firstPending = 0
  /// Whether the high watermark has passed the first pending decision, which is about to be processed.
  var isPassed = false
  var timer: EarliestTimer?

  init(number: Int32, epoch: LeaderEpoch, shard: Shard, since: Instant) {
    self.number = number
    self.epoch = epoch
    self.since = since
    decided = shard
    committed = shard
  }

  var hasPending: Bool { firstPending < pending.count }

  /// Removes and returns the first decision if the high watermark has passed it.
  func takeCommitted(upTo highWatermark: Offset) -> Pending? {
    guard firstPending < pending.count, pending[firstPending].endOffset <= highWatermark else { return nil }
    let first = pending[firstPending]
    // Releases what the entry holds: the array keeps the entry until it is emptied.
    pending[firstPending].change = .nothing
    pending[firstPending].finish = nil
    firstPending += 1
    if firstPending == pending.count {
      pending.removeAll(keepingCapacity: true)
      firstPending = 0
    } else if firstPending >= 1024, 2 * firstPending >= pending.count {
      pending.removeFirst(firstPending)
      firstPending = 0
    }
    return first
  }

  /// Removes and returns the response of a decision that has waited too long.
  func takeOverdue(at now: Instant) -> ((ErrorCode?) -> Void)? {
    var index = firstPending
    while index < pending.count, pending[index].deadline <= now {
      if let finish = pending[index].finish {
        pending[index].finish = nil
        return finish
      }
      index += 1
    }
    return nil
  }

  /// The deadline of the first response that is still pending; nil if there is none.
  var commitDeadline: Instant? {
    var index = firstPending
    while index < pending.count {
      if pending[index].finish != nil { return pending[index].deadline }
      index += 1
    }
    return nil
  }
}
