/// Copies byte ranges back to back into shared storage, so that neighbours can be joined into one slice without another copy (`Bytes.extended`).
///
/// A log that writes its batches through an arena is read in ranges of many batches, and replicas that append what they read share
/// those ranges. Storage starts small and doubles as long as readers hold on to what was written; once none do, it is reused. The
/// first storages are adjacent in memory, so that a read across them needs no copy either (`Bytes(sideBySide:)`).
public struct ByteArena {
  public static let initialCapacity = 1 << 16
  public static let largestCapacity = 1 << 22

  /// The size of the buffer that storages share as long as they fit. The unwritten part costs only address space.
  private static let bufferCapacity = 1 << 21

  private var storage: ByteStorage

  /// - Parameter capacity: The capacity of the first storage, in bytes.
  public init(capacity: Int = 0) { storage = ByteStorage.make(capacity: capacity) }

  /// Appends `count` bytes, which `initialize` fills.
  public mutating func append(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) -> Void) -> Bytes {
    if storage.room - storage.end < count { makeRoom(for: count) }
    let start = storage.end
    initialize(UnsafeMutableRawBufferPointer(start: storage.bytes + start, count: count))
    storage.end = start + count
    return Bytes(storage: storage, start: start, count: count)
  }

  private mutating func makeRoom(for count: Int) {
    if count <= storage.room, isKnownUniquelyReferenced(&storage) {
      if storage.isAloneInMemory { storage.end = 0 } else { storage = Self.newStorage(capacity: storage.room) }
      return
    }
    let capacity = max(count, min(Self.largestCapacity, max(Self.initialCapacity, 2 * storage.room)))
    storage = storage.nextWindow(capacity: capacity) ?? Self.newStorage(capacity: capacity)
  }

  private static func newStorage(capacity: Int) -> ByteStorage { .window(capacity: capacity, inBufferOf: bufferCapacity) }
}
