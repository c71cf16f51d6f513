import Host
import Primitives

/// Cuts what arrives on a socket into frames: four bytes of length, then so many bytes.
///
/// Lengths are judged before any room is made, and room grows with what really arrives: a peer that promises 100 MB and sends
/// nothing costs nothing. Bytes are copied once, out of the socket's buffer, except where a frame outgrows its first room.
struct FrameAssembler {
  /// A peer announced a frame of this length, which is negative or above the limit. The stream cannot be understood any further.
  struct BadLength: Error, Equatable {
    let length: Int32
  }

  /// `socket.request.max.bytes`.
  let maxFrameSize: Int

  private static let firstRoom = 1 << 20

  /// Bytes of a length that has not arrived as a whole.
  private var lengthBytes: [UInt8] = []
  private var body: ByteWriter?
  private var missing = 0

  init(maxFrameSize: Int) { self.maxFrameSize = maxFrameSize }

  /// Takes what arrived, and appends the frames that are whole now.
  mutating func take(_ source: UnsafeRawBufferPointer, into frames: inout [Frame]) throws(BadLength) {
    var rest = source[...]
    while !rest.isEmpty {
      if body == nil {
        guard let length = try takeLength(&rest) else { return }
        if rest.count >= length {
          frames.append(Frame(Bytes(UnsafeRawBufferPointer(rebasing: rest.prefix(length)))))
          rest = rest.dropFirst(length)
          continue
        }
        body = ByteWriter(capacity: min(length, Self.firstRoom))
        missing = length
      }
      let part = rest.prefix(missing)
      body!.append(contentsOf: UnsafeRawBufferPointer(rebasing: part))
      missing -= part.count
      rest = rest.dropFirst(part.count)
      if missing == 0, let whole = body?.bytes {
        body = nil
        frames.append(Frame(whole))
      }
    }
  }

  private mutating func takeLength(_ rest: inout Slice<UnsafeRawBufferPointer>) throws(BadLength) -> Int? {
    if lengthBytes.isEmpty, rest.count >= 4 {
      let length = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: Int32.self)
      rest = rest.dropFirst(4)
      return try judged(Int32(bigEndian: length))
    }
    let part = rest.prefix(4 - lengthBytes.count)
    lengthBytes += part
    rest = rest.dropFirst(part.count)
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
