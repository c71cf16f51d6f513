import CLz4

/// The frame format of lz4, as Kafka writes it: independent blocks of 64 KiB, no checksums, no content size. Frames with checksums, a content
/// size or larger blocks can be read; blocks that depend on each other and dictionaries are refused, as in Kafka's reader.
struct Lz4Contexts: ~Copyable {
  private var decompression: OpaquePointer?

  deinit { LZ4F_freeDecompressionContext(decompression) }

  func compress(_ source: UnsafeRawBufferPointer, level: Int32, into target: inout ScratchBuffer) -> Int {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.blockSizeID = LZ4F_max64KB
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.compressionLevel = Self.level(level)
    target.reserve(LZ4F_compressFrameBound(source.count, &preferences))
    let count = LZ4F_compressFrame(target.buffer.baseAddress, target.capacity, source.baseAddress, source.count, &preferences)
    precondition(LZ4F_isError(count) == 0, "lz4 needs more room than it said")
    return count
  }

  /// Kafka's default level selects the fast compressor; other levels select the high compressor, which the library limits to 3 through 12.
  private static func level(_ level: Int32) -> Int32 {
    level == Compression.lz4.defaultLevel ? 0 : min(max(level, 3), 12)
  }

  mutating func decompress(_ source: UnsafeRawBufferPointer, into target: inout ScratchBuffer, limit: Int) throws(WireError) -> Int {
    try Self.validateHeader(source)
    let context = try freshContext()
    target.reserve(min(limit, 4 * source.count))
    var count = 0
    var position = 0
    while true {
      // One byte more than the limit tells a full result from one that is too large.
      if count == target.capacity, !target.grow(upTo: limit + 1, keeping: count) { throw .tooLarge(.lz4, limit: limit) }
      let room = target.suffix(from: count)
      var written = room.count
      var read = source.count - position
      let hint = LZ4F_decompress(context, room.baseAddress, &written, source.baseAddress! + position, &read, nil)
      guard LZ4F_isError(hint) == 0 else { throw .malformed(.lz4, String(cString: LZ4F_getErrorName(hint)), at: position) }
      count += written
      position += read
      guard count <= limit else { throw .tooLarge(.lz4, limit: limit) }
      if hint == 0 { break }
      guard read > 0 || written > 0 else { throw .malformed(.lz4, "the frame is cut off", at: position) }
    }
    guard position == source.count else { throw .malformed(.lz4, "\(source.count - position) bytes after the frame", at: position) }
    return count
  }

  private mutating func freshContext() throws(WireError) -> OpaquePointer {
    if decompression == nil { LZ4F_createDecompressionContext(&decompression, UInt32(LZ4F_VERSION)) }
    guard let decompression else { throw .malformed(.lz4, "no memory for a context") }
    LZ4F_resetDecompressionContext(decompression)
    return decompression
  }

  private static func validateHeader(_ source: UnsafeRawBufferPointer) throws(WireError) {
    guard source.count >= 7, source.starts(with: [0x04, 0x22, 0x4d, 0x18]) else {
      throw .malformed(.lz4, "not a frame of the lz4 frame format")
    }
    let flags = source[4]
    guard flags & 0xc0 == 0x40 else { throw .malformed(.lz4, "frame version \(flags >> 6); there is only 1", at: 4) }
    guard flags & 0x20 != 0 else { throw .malformed(.lz4, "blocks that depend on one another", at: 4) }
    guard flags & 0x01 == 0 else { throw .malformed(.lz4, "a dictionary", at: 4) }
  }
}
