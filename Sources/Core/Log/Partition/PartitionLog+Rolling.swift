import Host
import Primitives
import Wire

extension PartitionLog {
  /// Starts a new segment if the next batches do not fit into the active one.
  func rollIfNeeded(before batches: [RecordBatch], size: Int) throws(LogError) {
    let batches = batches.span
    guard !batches.isEmpty else { return }
    let active = active
    let mustRoll = !active.canHold(batches[batches.count - 1].lastOffset)
    guard mustRoll || (!isLoweringRecoveryPoint && shouldRoll(active, before: batches, size: size)) else { return }
    try roll(at: max(batches[0].baseOffset, logEndOffset))
  }

  private func shouldRoll(_ active: LogSegment, before batches: borrowing Span<RecordBatch>, size: Int) -> Bool {
    if active.size > Int(configuration.segmentBytes) - size { return true }
    if active.offsetIndex.isFull(limit: configuration.segmentIndexBytes) || active.timeIndex.isFull(limit: configuration.segmentIndexBytes) {
      return true
    }
    // The checks below use the records' timestamps, or the broker's clock if they have none.
    guard !active.isEmpty else { return false }
    var newest = Timestamp.none
    for index in batches.indices { newest = max(newest, batches[index].maxTimestamp) }
    return age(of: active, at: newest) > configuration.longestSegmentAge - active.rollJitter
  }

  private func age(of active: LogSegment, at timestamp: Timestamp) -> Duration {
    if let first = active.firstTimestamp, first.milliseconds >= 0 { return timestamp - first }
    return reactor.wallClock - active.created
  }

  /// Closes the active segment and starts a new one at the end of the log. Does nothing if the active one is empty.
  public func roll() throws(LogError) {
    try perform { () throws(LogError) in
      if !active.isEmpty { try roll(at: logEndOffset) }
    }
  }

  /// The old segment, its indexes, the producer snapshot and the new name are synced in the background: the recovery point moves to the new segment
  /// only when all of them are durable (KAFKA-3968).
  func roll(at baseOffset: Offset) throws(LogError) {
    let former = active.isEmpty ? nil : active
    try LogError.wrap { () throws(DiskFailure) in
      if active.isEmpty {
        mark(.emptySegmentRolled)
        try discardEmptyActiveSegment()
      } else {
        try active.becomeInactive()
        flushing.unsyncedSegments.append(active)
      }
      producers.endOffset = baseOffset
      try takeProducerSnapshot(at: baseOffset)
      segments.append(try makeSegment(at: baseOffset))
    }
    // If the leader's log was compacted, its offsets jump between batches.
    if segments.count > 1, segments[segments.count - 2].nextOffset < baseOffset {
      mark(.segmentBehindGap)
      knownGaps.append(baseOffset)
    }
    logEndOffset = baseOffset
    // KAFKA-3968: what is in the new files was synced, and not the directory that has their names.
    if !switches.syncSegmentNames { flushing.areNamesDirty = false }
    requireRolled(from: former)
    syncClosedParts()
  }

  /// Removes an empty segment whose name does not fit the next one: offsets jump if a leader's log was compacted.
  private func discardEmptyActiveSegment() throws(DiskFailure) {
    let empty = segments.removeLast()
    try empty.remove()
  }

  func makeSegment(at baseOffset: Offset) throws(DiskFailure) -> LogSegment {
    let segment = try LogSegment(
      baseOffset: baseOffset, in: files, now: reactor.wallClock, rollJitter: configuration.drawRollJitter(from: &reactor.host.random))
    try segment.create()
    flushing.areNamesDirty = true
    return segment
  }
}

extension LogConfiguration {
  /// What has to be compacted in time must not stay in the active segment longer (KIP-354, `LogConfig.maxSegmentMs`).
  fileprivate var longestSegmentAge: Duration { cleanupPolicy.contains(.compact) ? min(segmentAge, maxCompactionLag) : segmentAge }

  /// A random duration from zero to `segment.jitter.ms`, in whole milliseconds. Draws nothing if there is no jitter.
  func drawRollJitter(from random: inout RandomStream) -> Duration {
    let bound = min(segmentJitter, segmentAge).milliseconds
    return bound > 0 ? .milliseconds(random.below(bound)) : .zero
  }
}
