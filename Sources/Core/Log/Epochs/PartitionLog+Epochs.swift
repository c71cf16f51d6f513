import Primitives

extension PartitionLog {
  /// Records where an epoch starts, and writes it to the disk. A leader calls this when it takes over, before its first write (KAFKA-7415).
  public func assignEpochStart(epoch: LeaderEpoch, startOffset: Offset) {
    if epochs.assign(epoch, startOffset: startOffset) { writeEpochs(from: startOffset) }
  }

  /// The newest epoch of this log, with or without records.
  public var latestEpoch: LeaderEpoch? { epochs.latest?.epoch }

  /// Every epoch with its start offset, ascending.
  public var epochStarts: [(epoch: LeaderEpoch, startOffset: Offset)] { epochs.entries.map { ($0.epoch, $0.startOffset) } }

  /// The epoch of the record at an offset; nil if unknown.
  public func epoch(at offset: Offset) -> LeaderEpoch? { epochs.epoch(at: offset) }

  /// The largest epoch of this log that is not above the given one, and its end offset (KIP-279). Nil if the given epoch is above every epoch in the
  /// log.
  public func endOffset(of epoch: LeaderEpoch) -> (epoch: LeaderEpoch, endOffset: Offset)? {
    let answer = epochs.endOffset(of: epoch, logEndOffset: logEndOffset)
    if let answer, let latest = epochs.latest, epoch != latest.epoch {
      mustHold(
        answer.epoch <= epoch && answer.endOffset <= latest.startOffset && epochs.epoch(at: answer.endOffset) ?? .unknown > epoch,
        "\(directory): of epoch \(epoch) it says that epoch \(answer.epoch) ends at \(answer.endOffset); its last epoch \(latest.epoch) begins at \(latest.startOffset)")
    }
    return answer
  }

  /// Whether another log whose last epoch is this one, and that ends at an offset, may be a beginning of this log: nothing of a newer epoch lies before the offset, and the epoch is known
  /// or lies before everything that is.
  public func sharesHistory(with epoch: LeaderEpoch, endingAt offset: Offset) -> Bool {
    if epoch == epochs.latest?.epoch { return offset <= logEndOffset }
    let entries = epochs.entries
    return entries.allSatisfy { $0.epoch <= epoch || $0.startOffset >= offset } && (entries.first.map { $0.epoch > epoch } ?? false || entries.contains { $0.epoch == epoch })
  }

  /// The response of a broker before KIP-279: the start of the next larger epoch, even if that skips epochs (KAFKA-6361).
  public func endOffsetByKIP101(of epoch: LeaderEpoch) -> Offset? {
    epochs.endOffsetByKIP101(of: epoch, logEndOffset: logEndOffset)
  }

  /// Writes the epochs again: another log of the same partition name may have overwritten the file in between.
  func rewriteEpochs() { writeEpochs(from: epochs.entries.first?.startOffset ?? logEndOffset) }

  /// Writes the epochs to the disk; those from `start` on are new.
  func writeEpochs(from start: Offset) {
    guard failure == nil, !isClosed else { return }
    requireEpochs()
    epochCheckpoint.nextStart = epochCheckpoint.nextStart.map { min($0, start) } ?? start
    guard !epochCheckpoint.isWriting else {
      mark(.epochCheckpointOvertaken)
      epochCheckpoint.isDirty = true
      return
    }
    epochCheckpoint.isWriting = true
    epochCheckpoint.isDirty = false
    epochCheckpoint.writingStart = epochCheckpoint.nextStart
    epochCheckpoint.nextStart = nil
    let path = files.path(LogNames.leaderEpochs)
    // Keeps the log alive until the write has ended, even if the log is deleted meanwhile.
    reactor.whenDone(reactor.disk.replace(path, with: epochs.content)) { [self] error in
      epochCheckpoint.isWriting = false
      epochCheckpoint.writingStart = nil
      if isClosed {
        mark(.epochsWrittenAfterClose)
        epochsWrittenLate?()
        return answerWaitersForEpochs(nil)
      }
      if let error {
        let failure = DiskFailure(path: path, error: error)
        fail(failure)
        return answerWaitersForEpochs(.disk(failure))
      }
      if epochCheckpoint.isDirty, let start = epochCheckpoint.nextStart { return writeEpochs(from: start) }
      answerWaitersForEpochs(nil)
    }
  }

  /// Runs the completion when the file holds the epochs that are known: after a clean end nobody looks for them in the records.
  func whenEpochsAreWritten(_ completion: @escaping (LogError?) -> Void) {
    if epochCheckpoint.isWriting { epochCheckpoint.waiting.append(completion) } else { completion(nil) }
  }

  private func answerWaitersForEpochs(_ error: LogError?) {
    let waiting = epochCheckpoint.waiting
    epochCheckpoint.waiting = []
    for completion in waiting { completion(error) }
  }
}
