/// Copies one stretch of bytes after another into shared storage, so that neighbours are one slice again without a copy (`Bytes.extended`).
///
/// A log that writes its batches through an arena is read in stretches of many batches, and replicas that append what they read share
/// them. Storage begins small, and doubles as long as somebody holds on to what was written; where nobody does, it is used again. The
/// first storages lie one behind the other in memory, so that a reading across them needs no copy either (`Bytes(sideBySide:)`).
public struct ByteArena {
  public static let initialCapacity = 1 << 16
  public static let largestCapacity = 1 << 22

  /// Memory that storages share as long as they fit. What is not written yet costs address space alone.
  private static let bufferCapacity = 1 << 21

  private var storage: ByteStorage

  /// - Parameter capacity: of the first storage.
  public init(capacity: Int = 0) { storage = ByteStorage.make(capacity: capacity) }

  /// Room for `count` bytes behind the former ones, filled by `initialize`.
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
