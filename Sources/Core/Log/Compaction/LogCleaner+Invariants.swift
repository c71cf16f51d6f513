import Host
import Primitives

extension LogManager {
  /// Checks what must hold between two events in addition to the invariants of each log, as long as the disk has not failed.
  public func checkInvariants(_ check: inout InvariantCheck) { cleaner.checkInvariants(&check) }
}

extension LogCleaner {
  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(isRunning || workers.isEmpty, "log cleaner: it does not run, and there are \(workers.count) cleaners")
    let needed = check.isWhole && isRunning && hasCompactedLogs ? Int(configuration.threads) : 0
    check.require(workers.count >= needed, "log cleaner: there are compacted logs, and \(workers.count) of \(needed) cleaners")
    check.each(of: workers) { worker, check in worker.checkInvariants(&check, isNeeded: worker.index < needed) }
    guard check.isWhole else { return }
    checkCheckpoint(&check)
    for partition in uncleanable {
      check.require(manager.logs[partition] != nil, "log cleaner: \(partition) is to be left alone, and is none of the logs")
    }
  }

  private func checkCheckpoint(_ check: inout InvariantCheck) {
    for (partition, offset) in checkpoint {
      guard let log = manager.logs[partition], log.failure == nil else { continue }
      // Passes end before the active segment, and truncations move the checkpoint back to it. A checkpoint of an earlier life may refer to an active
      // segment that is gone, and DeleteRecords may move the log's start past it.
      check.require(
        offset <= max(log.active.baseOffset, log.logStartOffset) || offset == manager.found.cleanedOffsets?.offsets[partition],
        "log cleaner: \(partition) counts as clean below \(offset), and its active segment begins at \(log.active.baseOffset)")
    }
    for partition in written {
      check.require(checkpoint[partition] != nil, "log cleaner: the disk knows that \(partition) was compacted, and it has no checkpoint")
    }
  }
}

extension CleanerWorker {
  /// - Parameter isNeeded: Whether there are compacted logs, and this worker is one of the `log.cleaner.threads` that look for logs to clean.
  func checkInvariants(_ check: inout InvariantCheck, isNeeded: Bool) {
    check.require(!isNeeded || timer != nil || log != nil, "log cleaner: there are compacted logs, and nothing will wake cleaner \(index)")
    guard let log else { return check.require(pass == nil, "log cleaner: cleaner \(index) is in a pass, and has no log") }
    let name = log.partition
    check.require(cleaner.manager.logs[name] === log, "log cleaner: \(name) is being cleaned, and is none of the logs")
    check.require(cleaner.workers.count(where: { $0.log === log }) == 1, "log cleaner: \(name) is being cleaned twice at a time")
    check.require(!cleaner.uncleanable.contains(name), "log cleaner: \(name) is being cleaned, and is to be left alone")
    guard let pass else { return }
    check.require(pass.log === log, "log cleaner: \(name) is being cleaned, by a pass over \(pass.log.partition)")
    check.require(cleaner.written.contains(name), "log cleaner: \(name) is being cleaned, and the disk does not know that it is compacted")
    check.require(timer != nil || pass.isSwapping, "log cleaner: \(name) is being cleaned, and nothing will go on with it")
    // A truncation lowers the high watermark, and interrupts the pass.
    if !pass.isInterrupted, let highWatermark = cleaner.manager.highWatermark(name) {
      check.require(pass.end <= highWatermark, "log cleaner: \(name) is being cleaned up to \(pass.end), and its high watermark is \(highWatermark)")
    }
    pass.checkInvariants(&check, checkpoint: cleaner.checkpoint[name])
  }
}

extension CleaningPass {
  var isSwapping: Bool { if case .swapping = phase { true } else { false } }

  /// Checks what must hold as long as the log is unchanged since the pass started.
  ///
  /// - Parameter checkpoint: The offset up to which the log counts as clean.
  func checkInvariants(_ check: inout InvariantCheck, checkpoint: Offset?) {
    guard !isInterrupted else { return }
    func words() -> String { "log cleaner, \(log.partition)" }
    check.require(
      from < end && end <= log.active.baseOffset,
      "\(words()): offsets \(from) to \(end) are to be cleaned, and the active segment begins at \(log.active.baseOffset)")
    check.require(
      checkpoint == from, "\(words()): it is being cleaned from \(from) on, and counts as clean below \(checkpoint.map { "\($0)" } ?? "no offset")")
    check.require(map.latestOffset < end, "\(words()): the offset map goes to \(map.latestOffset), and what is to be cleaned ends at \(end)")
    check.require(!isSwapping || log.isReplacingSegments, "\(words()): a segment is to be put in place, and none is on its way to the disk")
    if let cleaned {
      let base = groups.dropFirst(groupIndex).first?.first?.baseOffset
      check.require(
        cleaned.baseOffset == base, "\(words()): the segment at \(cleaned.baseOffset) is being written, in the place of that at \(base.map { "\($0)" } ?? "no offset")")
    }
    guard check.isWhole else { return }
    // Segments that are being replaced are no longer part of the log.
    let replaced = switch phase {
    case .swapping, .swapped: 1
    default: 0
    }
    let toCome = groups.isEmpty ? segments : Array(groups.dropFirst(groupIndex + replaced).joined())
    for segment in toCome {
      check.require(log.segments.contains { $0 === segment }, "\(words()): the segment at \(segment.baseOffset) is yet to be cleaned, and is no part of the log")
    }
  }
}
