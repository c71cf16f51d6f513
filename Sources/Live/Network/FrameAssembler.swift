import Host
import NIOCore
import Primitives

/// Splits socket input into frames, one at a time: four bytes of length, then that many bytes.
///
/// Lengths are checked before memory is allocated, and memory grows with what really arrives: a peer that announces 100 MB and sends
/// nothing costs nothing. Bytes are copied once, out of the socket's buffer, except if a frame outgrows its first allocation.
struct FrameAssembler {
  /// A peer announced a frame whose length is negative or above the limit. The stream cannot be decoded any further.
  struct BadLength: Error, Equatable {
    let length: Int32
  }

  /// `socket.request.max.bytes`.
  let maxFrameSize: Int

  private static let firstRoom = 1 << 16

  /// Bytes of a length that has not arrived completely.
  private var lengthBytes: [UInt8] = []
  /// The length of a frame that may not begin yet.
  private(set) var announced: Int?
  private var body: ByteWriter?
  private var missing = 0

  init(maxFrameSize: Int) { self.maxFrameSize = maxFrameSize }

  /// The next frame of the input; nil if it is not complete yet, or may not begin.
  ///
  /// - Parameter mayBegin: called with the length of each frame that begins, until it returns true.
  mutating func next(from input: inout ByteBuffer, mayBegin: (Int) -> Bool = { _ in true }) throws(BadLength) -> Frame? {
    if body == nil {
      if announced == nil { announced = try takeLength(&input) }
      guard let length = announced, mayBegin(length) else { return nil }
      announced = nil
      if input.readableBytes >= length { return Frame(take(length, from: &input)) }
      body = ByteWriter(capacity: min(length, Self.firstRoom))
      missing = length
    }
    let count = min(missing, input.readableBytes)
    input.readWithUnsafeReadableBytes { source in
      body!.append(contentsOf: UnsafeRawBufferPointer(rebasing: source.prefix(count)))
      return count
    }
    missing -= count
    guard missing == 0, let whole = body?.bytes else { return nil }
    body = nil
    return Frame(whole)
  }

  private func take(_ count: Int, from input: inout ByteBuffer) -> Bytes {
    input.readWithUnsafeReadableBytes { source in (count, Bytes(UnsafeRawBufferPointer(rebasing: source.prefix(count)))) }
  }

  private mutating func takeLength(_ input: inout ByteBuffer) throws(BadLength) -> Int? {
    if lengthBytes.isEmpty, let length = input.readInteger(as: Int32.self) { return try judged(length) }
    lengthBytes += input.readBytes(length: min(4 - lengthBytes.count, input.readableBytes)) ?? []
    guard lengthBytes.count == 4 else { return nil }
    let length = lengthBytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    lengthBytes.removeAll(keepingCapacity: true)
    return try judged(Int32(bitPattern: length))
  }

  private func judged(_ length: Int32) throws(BadLength) -> Int {
    guard length >= 0, length <= maxFrameSize else { throw BadLength(length: length) }
    return Int(length)
  }
}
