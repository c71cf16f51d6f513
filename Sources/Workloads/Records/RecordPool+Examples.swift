import Primitives

extension RecordPool {
  /// The first complete payloads that a client of this pool may send.
  public func examples(count: Int) -> [Bytes] {
    var draw = RecordDraw(from: self, values: 0, keys: 0)
    return (0..<UInt32(count)).map { draw.value(RecordValue($0)) }
  }
}
