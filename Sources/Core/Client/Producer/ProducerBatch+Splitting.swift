import Primitives
import Wire

extension ProducerBatch {
  /// The same records in smaller batches, after a broker found this one too large; nil if it has only one record.
  ///
  /// The parts are at most half as large, whatever `batch.size` says: a topic may allow less than that (KAFKA-8350).
  func split(makeBuilder: () -> RecordBatchBuilder) throws -> [ProducerBatch]? {
    guard recordCount > 1 else { return nil }
    let batch = try RecordBatch(build())
    var parts: [ProducerBatch] = []
    var index = 0
    var nextCompletion = 0
    let limit = BatchHeader.size + (uncompressedSize - BatchHeader.size) / 2
    for record in try batch.records() {
      var completion: RecordCompletion?
      if nextCompletion < completions.count, completions[nextCompletion].index == index {
        completion = completions[nextCompletion]
        nextCompletion += 1
      }
      let moved = RecordToSend(
        partition: queue.number, timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers,
        token: tokens[index], completion: completion?.body)
      if parts.last?.append(moved) == nil {
        // The memory stays with the first part: the records are the same.
        let part = ProducerBatch(
          number: number, queue: queue, createdAt: createdAt, sizeLimit: limit, reservedMemory: parts.isEmpty ? reservedMemory : 0,
          builder: makeBuilder())
        part.mayBeWritten = mayBeWritten
        part.takeLife(of: self)
        _ = part.append(moved)
        parts.append(part)
      }
      index += 1
    }
    guard let sequence else { return parts }
    var next = sequence.first
    for part in parts {
      part.assign(BatchSequence(producer: sequence.producer, first: next, isTransactional: sequence.isTransactional))
      part.isOfKnownProducer = isOfKnownProducer
      next = SequenceNumber.advanced(next, by: part.recordCount)
    }
    return parts
  }
}
