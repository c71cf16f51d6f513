/// The buffer behind `Bytes` and `ByteWriter`: one allocation for object and bytes, or a window onto the bytes of another buffer.
///
/// Bytes below `end` are written once and never change while a `Bytes` can see them; that is what makes sharing safe, and is
/// why `Bytes` may call itself Sendable.
@usableFromInline
final class ByteStorage: ManagedBuffer<ByteStorage.Header, UInt8> {
  @usableFromInline
  struct Header {
    /// Where the written bytes end. In a buffer with windows: where the last window ends.
    @usableFromInline var end: Int
    @usableFromInline var capacity: Int
    @usableFromInline let bytes: UnsafeMutableRawPointer
    /// The storage that owns the bytes, if this is a window. Never a window itself.
    @usableFromInline var owner: ByteStorage?

    @inlinable
    init(end: Int, capacity: Int, bytes: UnsafeMutableRawPointer, owner: ByteStorage?) {
      self.end = end
      self.capacity = capacity
      self.bytes = bytes
      self.owner = owner
    }
  }

  @inlinable
  static func make(capacity: Int) -> ByteStorage {
    let made = ByteStorage.create(minimumCapacity: capacity) { buffer in
      Header(end: 0, capacity: capacity, bytes: buffer.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }, owner: nil)
    }
    return unsafeDowncast(made, to: ByteStorage.self)
  }

  @inlinable var bytes: UnsafeMutableRawPointer { withUnsafeMutablePointerToHeader { $0.pointee.bytes } }

  @inlinable
  var end: Int {
    get { withUnsafeMutablePointerToHeader { $0.pointee.end } }
    set { withUnsafeMutablePointerToHeader { $0.pointee.end = newValue } }
  }

  @inlinable var room: Int { withUnsafeMutablePointerToHeader { $0.pointee.capacity } }
}

/// Windows: storages with their own ends, inside the memory of one buffer.
extension ByteStorage {
  /// The buffer whose memory this is.
  var memory: ByteStorage { withUnsafeMutablePointerToHeader { $0.pointee.owner } ?? self }

  func window(at bytes: UnsafeMutableRawPointer, end: Int, capacity: Int) -> ByteStorage {
    let made = ByteStorage.create(minimumCapacity: 0) { _ in Header(end: end, capacity: capacity, bytes: bytes, owner: self) }
    return unsafeDowncast(made, to: ByteStorage.self)
  }

  /// An empty window in a new buffer that has room for more windows after it.
  static func window(capacity: Int, inBufferOf bufferCapacity: Int) -> ByteStorage {
    let buffer = make(capacity: max(capacity, bufferCapacity))
    buffer.end = capacity
    return buffer.window(at: buffer.bytes, end: 0, capacity: capacity)
  }

  /// An empty window right after what was written into this one, which takes no more bytes from then on. Nil if the buffer ends before that, or
  /// if another window already follows.
  func nextWindow(capacity: Int) -> ByteStorage? {
    let memory = memory
    guard memory !== self else { return nil }
    let start = bytes - memory.bytes
    guard memory.end == start + room, start + end + capacity <= memory.room else { return nil }
    withUnsafeMutablePointerToHeader { $0.pointee.capacity = $0.pointee.end }
    memory.end = start + end + capacity
    return memory.window(at: bytes + end, end: 0, capacity: capacity)
  }

  /// Whether this storage is the only one that uses its memory.
  var isAloneInMemory: Bool {
    withUnsafeMutablePointerToHeader { $0.pointee.owner == nil || isKnownUniquelyReferenced(&$0.pointee.owner) }
  }
}
