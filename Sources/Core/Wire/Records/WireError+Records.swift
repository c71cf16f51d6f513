extension WireError {
  @usableFromInline
  static func recordBatch(_ kind: Kind, _ field: String, at position: Int) -> WireError {
    WireError(kind, at: position, field: field, message: "RecordBatch")
  }

  /// Out of line, to keep the loops that parse records small. Positions count from the first record, decompressed.
  @usableFromInline
  @inline(never)
  static func record(_ kind: Kind, _ field: String, at position: Int) -> WireError {
    WireError(kind, at: position, field: field, message: "Record")
  }
}
