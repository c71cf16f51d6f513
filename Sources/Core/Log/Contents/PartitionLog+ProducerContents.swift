import Host
import Primitives

extension PartitionLog {
  /// Checks that what is known of producers is what their batches say. Where batches were deleted, what they said may still be known.
  func checkProducers(_ check: inout InvariantCheck, _ contents: LogContents, isWhole: Bool) {
    for (id, said) in contents.producers {
      guard let known = producers[id] else {
        check.require(
          said.transactionStart == nil && said.lastTimestamp <= producersExpiredUntil, "\(directory): it holds batches of producer \(id), of whom nothing is known")
        continue
      }
      check.require(known.epoch == said.epoch, "\(directory): producer \(id) is known in epoch \(known.epoch), and its last batch is of epoch \(said.epoch)")
      guard known.epoch == said.epoch else { continue }
      let last = said.batches.last
      // Before a truncation another batch was the last, and compaction has taken the one that is it now.
      let mayBeGone = !isWhole && truncationCount > 0 && known.lastBatch?.lastOffset ?? 0 > last?.lastOffset ?? 0
      check.require(
        mayBeGone || last.map { isForgotten($0.timestamp, known) || known.lastSequence == $0.lastSequence && known.lastBatch?.lastOffset == $0.lastOffset } ?? true,
        "\(directory): the last batch of producer \(id) ends with sequence \(last?.lastSequence ?? -1) at offset \(last?.lastOffset ?? .unknown), and sequence "
          + "\(known.lastSequence) at \(known.lastBatch?.lastOffset ?? .unknown) is known")
      if isWhole { checkBatches(of: known, said, &check) }
    }
    checkLastBatches(&check, contents)
  }

  private func checkBatches(of known: ProducerState, _ said: LogContents.Producer, _ check: inout InvariantCheck) {
    for batch in known.batches where batch.firstOffset >= segments[0].baseOffset {
      check.require(
        said.batches.contains { $0.lastOffset == batch.lastOffset && $0.lastSequence == batch.lastSequence },
        "\(directory): producer \(known.producerID) is known for a batch of epoch \(known.epoch) with sequence \(batch.lastSequence) at offset \(batch.lastOffset), "
          + "which the log does not hold")
    }
    guard known.transactionStart ?? logEndOffset >= segments[0].baseOffset else { return }
    check.require(
      known.transactionStart == said.transactionStart,
      "\(directory): producer \(known.producerID) is known with \(known.transactionStart.map { "a transaction from \($0)" } ?? "no transaction"), and by its batches it has "
        + (said.transactionStart.map { "one from \($0)" } ?? "none"))
  }

  /// The last batch of a producer stays, whatever compaction removes: the sequence in it is needed after a restart. A log that was cut takes an earlier one for the last, which may be
  /// gone by then.
  private func checkLastBatches(_ check: inout InvariantCheck, _ contents: LogContents) {
    guard truncationCount == 0 else { return }
    for known in producers.producers.values {
      guard let last = known.lastBatch, last.firstOffset >= max(logStartOffset, segments[0].baseOffset) else { continue }
      check.require(
        contents.producers[known.producerID]?.lastOffsets.holds(last.lastOffset) ?? false,
        "\(directory): the last batch of producer \(known.producerID) is known at offset \(last.lastOffset), and the log does not hold it")
    }
  }
}

extension LogSegment {
  /// Checks that the transaction index names the aborted transactions whose markers are in this segment, the last one that was read.
  func checkTransactions(_ check: inout InvariantCheck, _ contents: LogContents) {
    let own = contents.aborts.filter { $0.lastOffset >= baseOffset }
    for abort in own {
      check.require(
        transactionIndex.entries.contains {
          $0.producerID == abort.producerID && $0.lastOffset == abort.lastOffset && ($0.firstOffset == abort.firstOffset || $0.firstOffset < contents.start)
        },
        "\(files.path(name)): producer \(abort.producerID) aborted a transaction from \(abort.firstOffset) to \(abort.lastOffset), and the transaction index does not say so")
    }
    for entry in transactionIndex.entries where entry.firstOffset >= contents.start {
      check.require(
        own.contains { $0.lastOffset == entry.lastOffset },
        "\(files.path(name)): the transaction index has a marker at offset \(entry.lastOffset), and no transaction is aborted there")
    }
  }
}
