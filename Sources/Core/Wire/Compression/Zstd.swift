import CZstd

/// zstd frames. The contexts are kept: making them costs several times as much as compressing 1 KiB of records.
struct ZstdContexts: ~Copyable {
  private var compression: OpaquePointer?
  private var decompression: OpaquePointer?

  deinit {
    ZSTD_freeCCtx(compression)
    ZSTD_freeDCtx(decompression)
  }

  mutating func compress(_ source: UnsafeRawBufferPointer, level: Int32, into target: inout ScratchBuffer) -> Int {
    if compression == nil { compression = ZSTD_createCCtx() }
    target.reserve(ZSTD_compressBound(source.count))
    let count = ZSTD_compressCCtx(compression, target.buffer.baseAddress, target.capacity, source.baseAddress, source.count, level)
    precondition(ZSTD_isError(count) == 0, "zstd cannot compress: \(String(cString: ZSTD_getErrorName(count)))")
    return count
  }

  /// Decompresses in one step into room for everything, which needs no window: a frame cannot make it allocate memory. If the frame does
  /// not state the size of its content, or states it wrongly, the room is doubled up to the limit.
  mutating func decompress(_ source: UnsafeRawBufferPointer, into target: inout ScratchBuffer, limit: Int) throws(WireError) -> Int {
    if decompression == nil { decompression = ZSTD_createDCtx() }
    try reserve(for: source, in: &target, limit: limit)
    while true {
      let room = min(target.capacity, limit)
      let count = ZSTD_decompressDCtx(decompression, target.buffer.baseAddress, room, source.baseAddress, source.count)
      if ZSTD_isError(count) == 0 { return count }
      guard ZSTD_getErrorCode(count) == ZSTD_error_dstSize_tooSmall else {
        throw .malformed(.zstd, String(cString: ZSTD_getErrorName(count)))
      }
      guard target.grow(upTo: limit, keeping: 0) else { throw .tooLarge(.zstd, limit: limit) }
    }
  }

  private func reserve(for source: UnsafeRawBufferPointer, in target: inout ScratchBuffer, limit: Int) throws(WireError) {
    let unknown = UInt64.max, notAFrame = UInt64.max - 1
    let size = ZSTD_getFrameContentSize(source.baseAddress, source.count)
    guard size != notAFrame else { throw .malformed(.zstd, "not a zstd frame") }
    if size == unknown {
      target.reserve(min(limit, 4 * source.count))
    } else {
      guard size <= UInt64(limit) else { throw .tooLarge(.zstd, limit: limit) }
      target.reserve(Int(size))
    }
  }
}
