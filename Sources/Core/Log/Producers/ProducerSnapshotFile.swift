import Primitives

/// `%020d.snapshot`: the state of all producers at the offset in its name, version 1. Only the newest batch of each is written.
enum ProducerSnapshotFile {
  private static let version: Int16 = 1
  private static let entriesStart = 10
  private static let entrySize = 46
  /// Where the part that the checksum covers starts.
  private static let coveredStart = 6

  /// Writes the entries in the order of the producers' ids.
  static func content(of states: ProducerStates) -> Bytes {
    let producers = states.producers.values.sorted { $0.producerID < $1.producerID }
    var writer = ByteWriter(capacity: entriesStart + entrySize * producers.count)
    writer.append(version)
    writer.append(UInt32(0))
    writer.append(Int32(producers.count))
    for producer in producers {
      let last = producer.batches.last
      writer.append(producer.producerID)
      writer.append(producer.epoch)
      writer.append(last?.lastSequence ?? ProducerState.noSequence)
      writer.append(last?.lastOffset.value ?? -1)
      writer.append(last?.offsetDelta ?? 0)
      writer.append(producer.lastTimestamp.milliseconds)
      writer.append(producer.coordinatorEpoch)
      writer.append(producer.transactionStart?.value ?? -1)
    }
    writer.replace(at: 2, with: CRC32C.checksum(writer.bytes(in: coveredStart..<writer.count)))
    return writer.bytes
  }

  /// The producers of a snapshot, or nil if the file is incomplete, or names a producer twice.
  static func producers(of content: Bytes) -> [ProducerState]? {
    guard content.count >= entriesStart, content.integer(at: 0, as: Int16.self) == version,
      content.integer(at: 2, as: UInt32.self) == CRC32C.checksum(content[coveredStart...])
    else { return nil }
    let count = Int(content.integer(at: 6, as: Int32.self))
    guard count >= 0, content.count == entriesStart + count * entrySize else { return nil }
    let producers = (0..<count).map { producer(content, at: entriesStart + $0 * entrySize) }
    return Set(producers.lazy.map(\.producerID)).count == count ? producers : nil
  }

  private static func producer(_ content: Bytes, at start: Int) -> ProducerState {
    var state = ProducerState(producerID: content.integer(at: start))
    state.epoch = content.integer(at: start + 8)
    let lastOffset: Int64 = content.integer(at: start + 14)
    let timestamp = Timestamp(milliseconds: content.integer(at: start + 26))
    if lastOffset >= 0 {
      state.add(
        ProducerState.Batch(
          lastSequence: content.integer(at: start + 10), lastOffset: Offset(lastOffset), offsetDelta: content.integer(at: start + 22),
          timestamp: timestamp), keeping: 1)
    }
    state.lastTimestamp = timestamp
    state.coordinatorEpoch = content.integer(at: start + 34)
    let transactionStart: Int64 = content.integer(at: start + 38)
    state.transactionStart = transactionStart >= 0 ? Offset(transactionStart) : nil
    return state
  }
}
