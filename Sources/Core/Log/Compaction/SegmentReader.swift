import Primitives
import Wire

/// Reads a closed segment from a given batch on, one slice at a time.
struct SegmentReader {
  let segment: LogSegment
  private var position: Int

  /// Starts at the batch that holds an offset, or the first one after it; at the first batch if the offset lies before the segment.
  init(_ segment: LogSegment, from offset: Offset) throws(LogError) {
    self.segment = segment
    position = offset <= segment.baseOffset ? 0 : try segment.position(from: offset)
  }

  var isAtEnd: Bool { position >= segment.size }

  /// The next batches that fit into a slice, at least one. Each is fully checked: records copied from a damaged batch would look valid.
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
