import Host
import Primitives

/// A rolling hash over everything that nodes handle: time, node, kind, payload.
struct TraceHash {
  enum Kind: UInt64 {
    case start = 1, accepted, connected, received, disconnected, timer, disk, shutdown, writable
  }

  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  @inline(__always)
  mutating func combine(_ time: Instant, _ node: NodeIndex, kind: Kind, payload: UInt64) {
    mix(UInt64(bitPattern: time.nanoseconds) ^ UInt64(UInt32(bitPattern: node.value)) << 40 ^ kind.rawValue << 60)
    mix(payload)
  }

  @inline(__always)
  mutating func combine(_ time: Instant, _ node: NodeIndex, _ event: Event) {
    switch event {
    case .received(let frame, let connection):
      combine(time, node, kind: .received, payload: Self.digest(frame) ^ UInt64(connection.value) << 32)
    case .timer(let timer):
      combine(time, node, kind: .timer, payload: timer.subject ^ UInt64(timer.routine) << 32)
    case .disk(let operation, let error):
      combine(time, node, kind: .disk, payload: UInt64(operation.value) ^ UInt64(error?.rawValue ?? 255) << 32)
    case .accepted(let connection): combine(time, node, kind: .accepted, payload: UInt64(connection.value))
    case .connected(let connection): combine(time, node, kind: .connected, payload: UInt64(connection.value))
    case .writable(let connection): combine(time, node, kind: .writable, payload: UInt64(connection.value))
    case .disconnected(let connection): combine(time, node, kind: .disconnected, payload: UInt64(connection.value))
    }
  }

  @inline(__always)
  private mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0xbf58_476d_1ce4_e5b9
    value ^= value >> 29
  }

  /// Longer pieces are hashed by their length and their first and last bytes: a record batch carries its own checksum near its start.
  private static var wholeUpTo: Int { 1024 }

  @inline(__always)
  private static func digest(_ frame: Frame) -> UInt64 {
    var checksum: UInt32 = 0
    var length = 0
    frame.forEachPiece { bytes in
      length += bytes.count
      if bytes.count <= wholeUpTo {
        checksum = CRC32C.checksum(bytes, continuing: checksum)
      } else {
        let begin = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes.prefix(wholeUpTo / 2)), continuing: checksum)
        checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes.suffix(wholeUpTo / 2)), continuing: begin)
      }
    }
    return UInt64(length) << 40 | UInt64(checksum)
  }
}
