/// Where a node writes its messages, one behind the other: most of them are a hundred bytes that are read within the millisecond, and a buffer for each
/// would cost more than what is written into it.
///
/// The storage is used again from its start when nobody holds anything of it any more. A message that somebody keeps for long keeps all of it, which is why
/// it is small.
public struct FrameRoom {
  private static var capacity: Int { 1 << 13 }

  private var storage: ByteStorage

  public init() { storage = ByteStorage.make(capacity: 0) }

  /// A writer behind what was written here, which has room for `count` bytes. It takes more than that elsewhere. Nothing else is written here before
  /// `ByteWriter.endWriting`.
  @inline(__always)
  public mutating func writer(for count: Int) -> ByteWriter {
    if storage.room - storage.end < count { makeRoom(for: count) }
    return ByteWriter(goingOnIn: storage)
  }

  private mutating func makeRoom(for count: Int) {
    if count <= storage.room, isKnownUniquelyReferenced(&storage) {
      storage.end = 0
    } else {
      storage = ByteStorage.make(capacity: max(count, Self.capacity))
    }
  }
}

extension ByteWriter {
  init(goingOnIn storage: ByteStorage) {
    self.storage = storage
    end = storage.end
  }

  /// Gives what was reserved behind `end` back. The writer is not used afterwards.
  @inlinable
  public mutating func endWriting(at end: Int) {
    self.end = end
    storage.end = end
  }
}
