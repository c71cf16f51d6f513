import Host
import Primitives
import Wire

/// What a coordinator has of one partition while this broker leads it in one epoch.
final class CoordinatorPartition<Shard: CoordinatorShard> {
  enum State {
    case loading
    case active
    /// What the partition holds could not be read. Somebody else may lead it better.
    case failed
  }

  /// What records do to the state.
  enum Change {
    case nothing
    case batch(CoordinatorBatch)
    /// The same without decoding them.
    case known((inout Shard) -> Void)
  }

  /// A decision that the log took, until it is committed.
  struct Pending {
    /// Committed when the high watermark is here.
    let endOffset: Offset
    var change: Change
    let deadline: Instant
    /// Answers. nil where that was done.
    var finish: ((ErrorCode?) -> Void)?
  }

  let number: Int32
  let epoch: LeaderEpoch
  var state = State.loading
  /// Somebody else leads, or leads in another epoch: nothing more may be decided here.
  var isOver = false
  /// With every record that the log has taken.
  var decided: Shard
  /// With every record that is committed.
  var committed: Shard
  /// Up to where `committed` and `decided` go.
  var committedOffset = Offset(0)
  var writtenOffset = Offset(0)
  /// How far the log went when it was loaded.
  var loadedOffset = Offset(0)
  var pending: ContiguousArray<Pending> = []
  /// The first of them that has not been committed.
  var firstPending = 0
  /// The high watermark has passed the first of them, which is to be acted on in a moment.
  var isPassed = false
  var timer: EarliestTimer?

  init(number: Int32, epoch: LeaderEpoch, shard: Shard) {
    self.number = number
    self.epoch = epoch
    decided = shard
    committed = shard
  }

  var hasPending: Bool { firstPending < pending.count }

  /// The first decision, where the high watermark has passed it.
  func takeCommitted(upTo highWatermark: Offset) -> Pending? {
    guard firstPending < pending.count, pending[firstPending].endOffset <= highWatermark else { return nil }
    let first = pending[firstPending]
    // Lets go of what it holds: the array keeps its place until it is emptied.
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

  /// Takes out how to answer one that waits too long.
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

  /// When the first answer that still waits has waited long enough; nil where none waits.
  var commitDeadline: Instant? {
    var index = firstPending
    while index < pending.count {
      if pending[index].finish != nil { return pending[index].deadline }
      index += 1
    }
    return nil
  }
}
