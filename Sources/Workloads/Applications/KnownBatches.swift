import Client
import Primitives
import Wire

/// The values of batches that clients were given: they are taken out of a batch once, however many clients are given it, and at the end the audit.
///
/// A batch whose checksum was compared holds the same records as a known one of its partition with the same bounds, leader epoch and checksum: replicas are compared in the
/// same way. Batches with gaps between their offsets, and those with records that no client wrote, are read each time.
struct KnownBatches {
  private struct Batch {
    let baseOffset: Offset
    let lastOffset: Offset
    let epoch: LeaderEpoch
    let checksum: UInt32
    /// Where its values begin.
    let place: Int

    init(_ batch: RecordBatch, at place: Int) {
      baseOffset = batch.baseOffset
      lastOffset = batch.lastOffset
      epoch = batch.partitionLeaderEpoch
      checksum = batch.checksum
      self.place = place
    }

    func holdsSame(as other: Batch) -> Bool {
      baseOffset == other.baseOffset && lastOffset == other.lastOffset && epoch == other.epoch && checksum == other.checksum
    }
  }

  /// By the number of the partition, in the order of their offsets.
  private var batches: ContiguousArray<ContiguousArray<Batch>> = []
  /// One for each record of a batch, those of a batch side by side.
  private var values: ContiguousArray<RecordValue> = []

  /// Appends the records of a slice. False where its batch is not known.
  func append(_ slice: RecordSlice, of partition: PartitionNumber, to entries: inout ContiguousArray<History.Entry>) -> Bool {
    let number = Int(partition.number)
    guard slice.isVerified, batches.indices.contains(number) else { return false }
    let batch = Batch(slice.batch, at: 0), index = Self.index(of: batch, in: batches[number])
    guard index < batches[number].count, batches[number][index].holdsSame(as: batch) else { return false }
    let first = batches[number][index].place + Int(slice.offsets.lowerBound - batch.baseOffset)
    var offset = slice.offsets.lowerBound
    for value in values[first..<first + Int(slice.offsets.upperBound - slice.offsets.lowerBound)] {
      entries.append(History.Entry(partition, value, at: offset))
      offset = offset + 1
    }
    return true
  }

  /// Reads the batch of a slice, and keeps the values where they can be told from the batch alone the next time.
  ///
  /// - Parameter body: gets the offsets and values of the slice's records, `.none` for a record that no client wrote.
  /// - Throws: what is wrong with the batch; `body` was given what comes before.
  mutating func read(_ slice: RecordSlice, of partition: PartitionNumber, _ body: (Offset, RecordValue) -> Void) throws {
    let place = values.count
    var isKnown = slice.isVerified, next = slice.batch.baseOffset
    defer { if !isKnown { values.removeLast(values.count - place) } }
    do {
      try slice.forEachRecordOfBatch { record in
        let value = Payload.value(of: record)
        values.append(value)
        if value == .none || record.offset != next { isKnown = false }
        next = next + 1
        if slice.offsets.contains(record.offset) { body(record.offset, value) }
      }
    } catch {
      isKnown = false
      throw error
    }
    isKnown = isKnown && next == slice.batch.nextOffset && insert(Batch(slice.batch, at: place), of: partition)
  }

  /// False where another batch is known at its offsets.
  private mutating func insert(_ batch: Batch, of partition: PartitionNumber) -> Bool {
    let number = Int(partition.number)
    while batches.count <= number { batches.append([]) }
    let index = Self.index(of: batch, in: batches[number])
    guard index == batches[number].count || batches[number][index].baseOffset > batch.lastOffset else { return false }
    batches[number].insert(batch, at: index)
    return true
  }

  /// Where a batch stands, or would stand, among others. Mostly it is the next one.
  private static func index(of batch: Batch, in batches: ContiguousArray<Batch>) -> Int {
    guard let last = batches.last, last.lastOffset >= batch.baseOffset else { return batches.count }
    return batches.partitioningIndex { $0.lastOffset >= batch.baseOffset }
  }
}
