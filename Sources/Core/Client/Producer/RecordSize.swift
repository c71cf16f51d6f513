import Primitives
import Wire

/// The size of records in a batch in bytes, before compression.
enum RecordSize {
  /// The maximum size of a batch with only this record.
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
