import Primitives

/// The buffer that codecs write into before they know the size of the result. Kept between uses.
struct ScratchBuffer: ~Copyable {
  private(set) var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  deinit { buffer.deallocate() }

  /// The largest capacity that is kept.
  private static let keptCapacity = 4 << 20

  var capacity: Int { buffer.count }

  /// Makes room for at least `capacity` bytes and preserves the first `keeping`.
  mutating func reserve(_ capacity: Int, keeping kept: Int = 0) {
    guard capacity > buffer.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: prefix(kept))
    buffer.deallocate()
    buffer = larger
  }

  /// Doubles the room, up to `limit`. False if the buffer did not grow.
  mutating func grow(upTo limit: Int, keeping kept: Int) -> Bool {
    guard buffer.count < limit else { return false }
    reserve(min(limit, max(2 * buffer.count, 4096)), keeping: kept)
    return true
  }

  mutating func fill(from source: UnsafeRawBufferPointer) -> Int {
    reserve(source.count)
    buffer.copyMemory(from: source)
    return source.count
  }

  func prefix(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  func suffix(from position: Int) -> UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[position...]) }

  mutating func shrink() {
    guard buffer.count > Self.keptCapacity else { return }
    buffer.deallocate()
    buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
}

extension Bytes {
  /// Copies bytes that somebody else owns.
  init(copying source: UnsafeRawBufferPointer) {
    self.init(capacity: source.count) { target in
      target.copyMemory(from: source)
      return source.count
    }
  }
}

extension WireError {
  static func malformed(_ compression: Compression, _ reason: String, at position: Int = 0) -> WireError {
    WireError(.decompressionFailed(reason), at: position, field: compression.name, message: "Compression")
  }

  static func tooLarge(_ compression: Compression, limit: Int) -> WireError {
    WireError(.limitExceeded(limit), at: 0, field: compression.name, message: "Compression")
  }
}
