import Host
import Primitives
import Wire

extension CoordinatorRuntime {
  /// Checks what must hold between two events.
  public func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.requireOrder(of: partitions, { $0.number < $1.number }, { "\(name): partition \($0.number) stands before \($1.number)" })
    check.each(of: partitions) { partition, check in
      let name = "\(name), partition \(partition.number)"
      let waiting = partition.pending[partition.firstPending...]
      check.require(
        partition.committedOffset <= partition.writtenOffset,
        "\(name): committed up to \(partition.committedOffset), written up to \(partition.writtenOffset)")
      check.requireOrder(of: waiting, { $0.endOffset <= $1.endOffset }, { "\(name): \($0.endOffset) waits before \($1.endOffset)" })
      if let last = waiting.last {
        check.require(
          last.endOffset <= partition.writtenOffset, "\(name): \(last.endOffset) is waited for, written up to \(partition.writtenOffset)")
      }
      guard partition.state == .active, !partition.isOver else { return }
      if let deadline = partition.commitDeadline {
        check.require(
          partition.timer?.due.map { $0 <= deadline } ?? false, "\(name): a request has to be answered at \(deadline), and no timer looks after it")
      }
      check.require(log.bounds(of: partition.number) != nil, "\(name): it is coordinated here, but this broker does not lead it")
      partition.decided.checkInvariants(&check, name)
    }
  }

  // MARK: In the middle of an event

  /// Checks that a partition about to be written was loaded.
  func requireActive(_ partition: CoordinatorPartition<Shard>) {
    mustHold(partition.state == .active, "coordinator of partition \(partition.number): it writes, and is \(partition.state)")
  }

  /// Checks that a partition about to make decisions has replayed its whole log.
  func requireWhole(_ partition: CoordinatorPartition<Shard>) {
    guard let bounds = log.bounds(of: partition.number) else { return }
    mustHold(
      partition.writtenOffset >= bounds.end, "coordinator of partition \(partition.number): it has read up to \(partition.writtenOffset), and its log ends at \(bounds.end)")
  }

  /// Checks that what was just written is waited for, behind everything before it.
  func requireAwaited(_ partition: CoordinatorPartition<Shard>) {
    guard configuration.awaitsCommit else { return }
    let awaited = partition.pending.last?.endOffset
    mustHold(
      awaited == partition.writtenOffset,
      "coordinator of partition \(partition.number): it has written up to \(partition.writtenOffset), and waits for \(awaited.map { "\($0)" } ?? "nothing")")
    guard let before = partition.pending.dropLast().last?.endOffset else { return }
    mustHold(before <= partition.writtenOffset, "coordinator of partition \(partition.number): \(partition.writtenOffset) is waited for behind \(before)")
  }

  /// Checks that the committed state of each partition matches its log. Reads the logs.
  public func checkReplay(_ check: inout InvariantCheck, _ name: String) {
    for partition in partitions where partition.state == .active && !partition.isOver {
      guard let replayed = replayed(partition)?.recordedState else { continue }
      let committed = partition.committed.recordedState
      let differing = zip(replayed, committed).first { $0 != $1 }
      check.require(
        replayed == committed,
        "\(name), partition \(partition.number): up to \(partition.committedOffset) its log says '\(differing?.0 ?? "\(replayed.count) lines")', "
          + "it says '\(differing?.1 ?? "\(committed.count) lines")'")
    }
  }

  /// The state of a partition if everything in its log is committed and replayed; otherwise nil.
  public func settledShard(of number: Int32) -> Shard? {
    guard let partition = partition(number), partition.state == .active, !partition.isOver,
      !partition.hasPending, partition.committedOffset == partition.writtenOffset
    else { return nil }
    return partition.decided
  }

  /// The committed state of a partition, and the offset up to which it goes: equal at two brokers that replayed up to the same offset.
  ///
  /// Nil while it is loading, and until everything that was loaded is known to be committed: a crash can set the high watermark back below the offset
  /// up to which the log was compacted, and the log's contents up to there never were the state at any time.
  public func committedState(of number: Int32) -> (upTo: Offset, lines: [String])? {
    guard let partition = partition(number), partition.state == .active, partition.committedOffset >= partition.loadedOffset else { return nil }
    return (partition.committedOffset, partition.committed.recordedState)
  }
}
