import OrderedCollections
import Primitives
import Wire

/// What the batches of a log say, read one after the other: an account of its own, beside what the log keeps about them in memory and in its indexes.
struct LogContents {
  /// What the batches say of one producer.
  struct Producer {
    var epoch: Int16
    /// Its batches in its last epoch, oldest first.
    var batches: [(lastOffset: Offset, lastSequence: Int32, timestamp: Timestamp)] = []
    /// The last offsets of all its batches, of every epoch, ascending.
    var lastOffsets: ContiguousArray<Offset> = []
    /// Where its open transaction starts.
    var transactionStart: Offset?
    var lastTimestamp: Timestamp
  }

  /// An aborted transaction: from its first batch to its marker.
  struct Abort {
    var producerID: Int64
    var firstOffset: Offset
    var lastOffset: Offset
  }

  /// Where the log begins.
  let start: Offset
  /// The end of the last batch.
  private(set) var end: Offset
  /// The offsets at which batches begin, ascending.
  private var starts: ContiguousArray<Offset> = []
  private(set) var producers: OrderedDictionary<Int64, Producer> = [:]
  /// Those of which the log holds the first batch, in the order of their markers.
  private(set) var aborts: [Abort] = []

  init(from start: Offset) {
    self.start = start
    end = start
  }

  mutating func add(_ batch: BatchHeader) {
    starts.append(batch.baseOffset)
    end = batch.nextOffset
  }

  /// Whether a batch begins at an offset.
  func hasStart(at offset: Offset) -> Bool { starts.holds(offset) }

  /// Adds a batch of a producer.
  mutating func add(_ batch: RecordBatch) {
    let id = batch.producerID
    guard id >= 0 else { return }
    var producer = producers[id] ?? Producer(epoch: batch.producerEpoch, lastTimestamp: batch.maxTimestamp)
    if producer.epoch != batch.producerEpoch {
      producer.epoch = batch.producerEpoch
      producer.batches = []
    }
    producer.lastTimestamp = batch.maxTimestamp
    if batch.isControl {
      guard let marker = EndTransactionMarker(batch) else { return }
      if let start = producer.transactionStart, !marker.isCommit { aborts.append(Abort(producerID: id, firstOffset: start, lastOffset: batch.lastOffset)) }
      producer.transactionStart = nil
    } else {
      producer.batches.append((batch.lastOffset, batch.lastSequence, batch.maxTimestamp))
      producer.lastOffsets.append(batch.lastOffset)
      if batch.isTransactional, producer.transactionStart == nil { producer.transactionStart = batch.baseOffset }
    }
    producers[id] = producer
  }
}

extension ContiguousArray<Offset> {
  /// Whether an ascending list has an offset.
  func holds(_ offset: Offset) -> Bool {
    let place = partitioningIndex { $0 >= offset }
    return place < count && self[place] == offset
  }
}
