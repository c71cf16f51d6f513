import Host
import Primitives
import Wire

/// Restores the state of the producers at an offset, from the newest readable snapshot and every batch after it.
struct ProducerLoader {
  let files: DirectoryFiles
  /// Snapshots that cannot be read are removed.
  var removesUnreadable = true
  /// The segments up to the end offset.
  let segments: [LogSegment]
  let endOffset: Offset
  let memory: ProducerMemory

  /// None of the snapshots may lie after the end.
  func load(_ snapshots: inout [Offset]) throws(LogError) -> ProducerStates {
    var states = ProducerStates()
    states.keptBatches = memory.keptBatches
    while let offset = snapshots.last {
      if let producers = try read(offset) {
        states.restore(producers.filter { isRemembered($0) }, endOffset: offset)
        break
      }
      snapshots.removeLast()
      guard removesUnreadable else { continue }
      mark(.producerSnapshotUnreadable)
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(offset, LogNames.snapshot)) }
    }
    try replay(from: states.endOffset, into: &states)
    states.endOffset = endOffset
    return states
  }

  /// Adds the transactions whose markers are not below the high watermark. Snapshots do not contain them, so they are reread from the newest snapshot
  /// below it on.
  func addUnreplicated(to states: inout ProducerStates, highWatermark: Offset, _ snapshots: [Offset]) throws(LogError) {
    guard highWatermark < endOffset else { return }
    var earlier = self, older = snapshots.filter { $0 <= highWatermark }
    earlier.removesUnreadable = false
    var replayed = try earlier.load(&older)
    _ = replayed.firstUnstableOffset(highWatermark: highWatermark)
    states.keep(replayed.unreplicated)
  }

  private func isRemembered(_ producer: ProducerState) -> Bool {
    guard let expiry = memory.expiry, producer.transactionStart == nil else { return true }
    return producer.lastTimestamp > expiry
  }

  private func read(_ offset: Offset) throws(LogError) -> [ProducerState]? {
    try LogError.wrap { () throws(DiskFailure) in
      try files.content(of: LogNames.file(offset, LogNames.snapshot)).flatMap(ProducerSnapshotFile.producers)
    }
  }

  /// Skips batches that cannot be read, and what follows them if their size is garbled: their readers will report them.
  private func replay(from offset: Offset, into states: inout ProducerStates) throws(LogError) {
    for segment in segments where segment.nextOffset > offset && !segment.isEmpty {
      guard var position = try segment.locateIfReadable(max(offset, segment.baseOffset))?.position else { continue }
      while let header = try segment.frame(at: position) {
        let bytes = try segment.read(at: position, count: header.sizeInBytes)
        if let batch = try? RecordBatch(bytes) { _ = states.apply(batch) }
        position += header.sizeInBytes
      }
    }
  }
}
