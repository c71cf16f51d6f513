import CZlib

/// gzip as RFC 1952 describes it. It writes one member; several consecutive members are read as one.
enum Gzip {
  /// A 15-bit window, plus 16 to select gzip instead of zlib.
  private static let windowBits: Int32 = 31

  static func compress(_ source: UnsafeRawBufferPointer, level: Int32, into target: inout ScratchBuffer) -> Int {
    var stream = z_stream()
    let started = trial_deflate_init(&stream, level, windowBits)
    precondition(started == Z_OK, "zlib cannot start compressing at level \(level)")
    defer { deflateEnd(&stream) }
    target.reserve(Int(deflateBound(&stream, UInt(source.count))))
    stream.setInput(source)
    stream.setOutput(target.buffer)
    let ended = deflate(&stream, Z_FINISH)
    precondition(ended == Z_STREAM_END, "zlib needs more room than it said")
    return Int(stream.total_out)
  }

  static func decompress(_ source: UnsafeRawBufferPointer, into target: inout ScratchBuffer, limit: Int) throws(WireError) -> Int {
    var stream = z_stream()
    guard trial_inflate_init(&stream, windowBits) == Z_OK else { throw .malformed(.gzip, "zlib cannot start") }
    defer { inflateEnd(&stream) }
    stream.setInput(source)
    target.reserve(min(limit, 4 * source.count))
    var count = 0
    while true {
      // One byte more than the limit tells a full result from one that is too large.
      if count == target.capacity, !target.grow(upTo: limit + 1, keeping: count) { throw .tooLarge(.gzip, limit: limit) }
      let room = target.suffix(from: count)
      stream.setOutput(room)
      let result = inflate(&stream, Z_NO_FLUSH)
      count += room.count - Int(stream.avail_out)
      guard count <= limit else { throw .tooLarge(.gzip, limit: limit) }
      switch result {
      case Z_STREAM_END where stream.avail_in == 0: return count
      case Z_STREAM_END: inflateReset(&stream)
      case Z_OK: break
      case Z_BUF_ERROR where stream.avail_out == 0: break
      case Z_BUF_ERROR: throw .malformed(.gzip, "the stream is cut off", at: source.count)
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(result)"
        throw .malformed(.gzip, reason, at: source.count - Int(stream.avail_in))
      }
    }
  }
}

extension z_stream {
  mutating func setInput(_ source: UnsafeRawBufferPointer) {
    next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
    avail_in = UInt32(source.count)
  }

  mutating func setOutput(_ target: UnsafeMutableRawBufferPointer) {
    next_out = target.bindMemory(to: UInt8.self).baseAddress
    avail_out = UInt32(target.count)
  }
}
