import Primitives
import Wire

/// How many bytes records take in a batch, before compression.
enum RecordSize {
  /// The most that a batch of this one record can take.
  static func upperBound(key: Bytes?, value: Bytes?, headers: [RecordHeader]) -> Int {
    let withoutContent = 21
    var size = BatchHeader.size + withoutContent + (key?.count ?? 0) + (value?.count ?? 0)
    for header in headers {
      // Two lengths of at most five bytes each.
      size += 10 + header.key.utf8.count + (header.value?.count ?? 0)
    }
    return size
  }
}
