import Primitives
import Wire

/// A record without a value, which says that its key is deleted. Its name is in a header, with the same eight bytes that start other payloads.
///
/// Compaction removes it like any record whose key was written again later, and, after `delete.retention.ms`, even if nothing came after it.
enum Tombstone {
  private static let header = "value"

  static func headers(naming value: RecordValue) -> [RecordHeader] {
    var writer = ByteWriter(capacity: Payload.nameSize)
    Payload.append(value, to: &writer)
    return [RecordHeader(key: header, value: writer.bytes)]
  }

  /// The value that a tombstone names; `.none` if it is not ours.
  fileprivate static func value(named headers: [RecordHeader]) -> RecordValue {
    guard headers.count == 1, headers[0].key == header, let name = headers[0].value, name.count == Payload.nameSize else { return .none }
    return Payload.value(named: name.integer(at: 0))
  }
}

extension Payload {
  /// The value that a record names, as its bytes say or, of a tombstone, its header; `.none` where it is not ours.
  public static func value(of record: borrowing RecordView) -> RecordValue {
    if record.valueLength >= minimumSize { return value(named: record.integer(inValueAt: 0)) }
    guard record.valueLength < 0 else { return .none }
    guard let headers = try? record.headers() else { return .none }
    return Tombstone.value(named: headers)
  }
}
