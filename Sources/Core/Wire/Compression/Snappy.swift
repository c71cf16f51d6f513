import CSnappy

/// snappy in the framing of the Java library xerial, which Kafka's clients write: a header of 16 bytes, then blocks of at most
/// 32 KiB of plain bytes, each preceded by its length. A bare block without framing can be read too, as some clients write it.
enum Snappy {
  private static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
  private static let version: Int32 = 1
  private static let headerLength = 16
  private static let blockLength = 32 << 10

  static func compress(_ source: UnsafeRawBufferPointer, into target: inout ScratchBuffer) -> Int {
    let blocks = (source.count + blockLength - 1) / blockLength
    target.reserve(headerLength + blocks * (4 + snappy_max_compressed_length(blockLength)))
    target.buffer.copyBytes(from: magic)
    target.buffer.store(version, at: 8)
    target.buffer.store(version, at: 12)
    var position = headerLength
    for start in stride(from: 0, to: source.count, by: blockLength) {
      let block = UnsafeRawBufferPointer(rebasing: source[start..<min(start + blockLength, source.count)])
      let room = target.suffix(from: position + 4)
      var count = room.count
      let status = snappy_compress(
        block.bindMemory(to: CChar.self).baseAddress, block.count, room.bindMemory(to: CChar.self).baseAddress, &count)
      precondition(status == SNAPPY_OK, "snappy needs more room than it said")
      target.buffer.store(Int32(count), at: position)
      position += 4 + count
    }
    return position
  }

  static func decompress(_ source: UnsafeRawBufferPointer, into target: inout ScratchBuffer, limit: Int) throws(WireError) -> Int {
    guard source.starts(with: magic) else { return try decompressBlock(source, at: 0, into: &target, from: 0, limit: limit) }
    guard source.count >= headerLength, source.integer(at: 8) >= version else {
      throw .malformed(.snappy, "a framing of version 1 or later is expected", at: 8)
    }
    var count = 0
    var position = headerLength
    while position < source.count {
      guard source.count - position >= 4 else { throw .malformed(.snappy, "the length of a block is cut off", at: position) }
      let length = Int(source.integer(at: position))
      position += 4
      guard length >= 0, length <= source.count - position else {
        throw .malformed(.snappy, "a block of \(length) bytes where \(source.count - position) are left", at: position - 4)
      }
      let block = UnsafeRawBufferPointer(rebasing: source[position..<position + length])
      count += try decompressBlock(block, at: position, into: &target, from: count, limit: limit)
      position += length
    }
    return count
  }

  private static func decompressBlock(
    _ block: UnsafeRawBufferPointer, at position: Int, into target: inout ScratchBuffer, from start: Int, limit: Int
  ) throws(WireError) -> Int {
    let source = block.bindMemory(to: CChar.self).baseAddress
    var count = 0
    guard snappy_uncompressed_length(source, block.count, &count) == SNAPPY_OK else {
      throw .malformed(.snappy, "a block without a length", at: position)
    }
    guard count <= limit - start else { throw .tooLarge(.snappy, limit: limit) }
    // Three bytes of input make at most 64 of output: a greater length is false, and no room is made for it.
    guard count <= 22 * block.count else { throw .malformed(.snappy, "\(count) bytes cannot come out of \(block.count)", at: position) }
    if start + count > target.capacity { target.reserve(max(start + count, min(limit, 2 * target.capacity)), keeping: start) }
    let room = target.suffix(from: start)
    guard count == 0 || snappy_uncompress(source, block.count, room.bindMemory(to: CChar.self).baseAddress, &count) == SNAPPY_OK else {
      throw .malformed(.snappy, "a malformed block", at: position)
    }
    return count
  }
}

extension UnsafeRawBufferPointer {
  /// A big-endian integer at a position that the caller knows to be in range.
  fileprivate func integer(at position: Int) -> Int32 { Int32(bigEndian: loadUnaligned(fromByteOffset: position, as: Int32.self)) }
}
