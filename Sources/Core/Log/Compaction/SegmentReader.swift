import Primitives
import Wire

/// Reads a closed segment from some batch on, a slice at a time.
struct SegmentReader {
  let segment: LogSegment
  private var position: Int

  /// From the batch that holds an offset, or the first one behind it; from the first one for an offset before the segment.
  init(_ segment: LogSegment, from offset: Offset) throws(LogError) {
    self.segment = segment
    if offset <= segment.baseOffset {
      position = 0
    } else {
      position = offset < segment.nextOffset ? try segment.locate(offset).position : segment.size
    }
  }

  var isAtEnd: Bool { position >= segment.size }

  /// The next batches, as many as fit into a slice, and at least one. Each is looked at whole: what is copied out of a damaged one would look sound.
  mutating func next(sliceBytes: Int) throws(LogError) -> [RecordBatch] {
    let start = position, rest = segment.size - start
    var bytes = try segment.read(at: start, count: min(rest, max(sliceBytes, BatchHeader.size)))
    guard let first = BatchHeader(logged: bytes, at: 0), first.sizeInBytes <= rest else { throw segment.damaged(at: start) }
    if first.sizeInBytes > bytes.count { bytes = try segment.read(at: start, count: first.sizeInBytes) }
    var batches: [RecordBatch] = []
    var offset = 0
    while let header = BatchHeader(framing: bytes, at: offset), header.sizeInBytes <= bytes.count - offset {
      guard let batch = RecordBatch(soundIn: bytes, at: offset) else { throw segment.damaged(at: start + offset) }
      batches.append(batch)
      offset += header.sizeInBytes
    }
    position = start + offset
    guard !batches.isEmpty else { throw segment.damaged(at: start) }
    return batches
  }
}
