import Host
import Primitives
import Wire

/// The result of a fetch for one partition, returned batch by batch.
struct FetchedRecords {
  let partition: TopicPartition
  let topicID: Uuid
  private let bytes: Bytes
  /// Where the next batch starts in the bytes.
  private var nextBatch = 0
  private var open: OpenBatch?
  private var aborted: AbortedTransactions
  private let checksCRCs: Bool
  private let reactor: Reactor
  private let compressor: Compressor
  /// Where the next records have to begin: where the fetch did, and then behind those that were returned.
  private var expected: Offset
  /// The exchange of the fetch.
  private let exchange: ExchangeTimes?

  private struct OpenBatch {
    let batch: RecordBatch
    /// The batch's records, uncompressed.
    let content: Bytes
  }

  init(
    partition: TopicPartition, topicID: Uuid, from offset: Offset, bytes: Bytes, aborted: AbortedTransactions, checksCRCs: Bool, reactor: Reactor,
    compressor: Compressor
  ) {
    expected = offset
    self.partition = partition
    self.topicID = topicID
    self.bytes = bytes
    self.aborted = aborted
    self.checksCRCs = checksCRCs
    self.reactor = reactor
    self.compressor = compressor
    exchange = reactor.host.exchange
  }

  /// Whether certainly nothing is left.
  var isExhausted: Bool { open == nil && nextBatch >= bytes.count }

  /// Whether these are the records that come next: not those of a former leader, whose answer came after another one had given them
  /// (`FetchCollector.initialize`, "Discarding stale fetch response").
  func goesOn(at position: Offset) -> Bool { position == expected }

  enum Step {
    /// Records, with the position and epoch after them.
    case slice(RecordSlice, position: Offset, epoch: LeaderEpoch)
    /// A batch with nothing for the application: control records, an aborted transaction, an empty batch.
    case skipped(position: Offset, epoch: LeaderEpoch)
    case end
  }

  /// The next records from `position` on, at most `limit` (at least 1).
  mutating func next(from position: Offset, limit: Int) throws(WireError) -> Step {
    mustHold(position == expected, "consumer: \(partition) stands at \(position), and what was fetched goes on at \(expected)")
    let step = try step(from: position, limit: limit)
    switch step {
    case .slice(let slice, let position, _):
      let offsets = slice.offsets.upperBound - slice.offsets.lowerBound, isDense = Int64(slice.batch.recordCount) == Int64(slice.batch.lastOffsetDelta) + 1
      mustHold(
        isDense ? slice.count == offsets : slice.count <= offsets, "consumer: \(slice.count) records of \(partition) were returned for the offsets \(slice.offsets)")
      expected = position
    case .skipped(let position, _): expected = position
    case .end: break
    }
    return step
  }

  private mutating func step(from position: Offset, limit: Int) throws(WireError) -> Step {
    guard let opened = try openBatch(reaching: position) else { return .end }
    let batch = opened.batch
    let epoch = batch.partitionLeaderEpoch
    if isSkipped(batch) {
      open = nil
      return .skipped(position: batch.nextOffset, epoch: epoch)
    }
    let first = max(position, batch.baseOffset)
    let (count, end) = try extent(of: opened, from: first, limit: limit)
    if end == batch.nextOffset { open = nil }
    guard count > 0 else { return .skipped(position: end, epoch: epoch) }
    let slice = RecordSlice(
      partition: partition, topicID: topicID, batch: batch, content: opened.content, offsets: first..<end, count: count, isVerified: checksCRCs, exchange: exchange)
    return .slice(slice, position: end, epoch: epoch)
  }

  /// The batch that is partly returned, or the next one that reaches the position. The last one may be incomplete: that is the end.
  private mutating func openBatch(reaching position: Offset) throws(WireError) -> OpenBatch? {
    if let open { return open }
    while let batch = try RecordBatch.next(in: bytes, at: nextBatch) {
      reactor.spend(.batches(1))
      if checksCRCs {
        reactor.spend(.checksum(bytes: batch.sizeInBytes))
        try batch.validateChecksum()
      }
      nextBatch += batch.sizeInBytes
      try aborted.pass(batch)
      if batch.lastOffset >= position {
        let opened = OpenBatch(batch: batch, content: isSkipped(batch) ? .empty : try content(of: batch))
        open = opened
        return opened
      }
    }
    return nil
  }

  private func content(of batch: RecordBatch) throws(WireError) -> Bytes {
    reactor.spend(.records(Int(batch.recordCount)))
    let content = try batch.decompressedRecords(using: compressor)
    if batch.compression != .none { reactor.spend(.decompress(codec: batch.compression.rawValue, bytes: content.count)) }
    return content
  }

  private func isSkipped(_ batch: RecordBatch) -> Bool {
    batch.isControl || batch.recordCount == 0 || aborted.contains(batch)
  }

  /// The number of records from an offset on, at most `limit`, and the offset after them.
  private func extent(of opened: OpenBatch, from first: Offset, limit: Int) throws(WireError) -> (count: Int, end: Offset) {
    let batch = opened.batch
    if first == batch.baseOffset && Int(batch.recordCount) <= limit { return (Int(batch.recordCount), batch.nextOffset) }
    if Int64(batch.recordCount) == Int64(batch.lastOffsetDelta) + 1 {
      let available = Int(batch.nextOffset - first)
      return available <= limit ? (available, batch.nextOffset) : (limit, first + Int64(limit))
    }
    // Compaction left gaps, so the records must be read.
    var cursor = RecordCursor(batch, content: opened.content)
    var count = 0
    while try cursor.next() {
      let offset = cursor.current.offset
      if offset < first { continue }
      if count == limit { return (count, offset) }
      count += 1
    }
    return (count, batch.nextOffset)
  }
}
