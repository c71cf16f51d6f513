/// The buffer behind `Bytes` and `ByteWriter`: one allocation for object and bytes.
///
/// Bytes below `end` are written once and never change while a `Bytes` can see them; that is what makes sharing safe, and is
/// why `Bytes` may call itself Sendable.
@usableFromInline
final class ByteStorage: ManagedBuffer<ByteStorage.Header, UInt8> {
  @usableFromInline
  struct Header {
    /// Where the written bytes end.
    @usableFromInline var end: Int
    @usableFromInline let capacity: Int

    @inlinable
    init(end: Int, capacity: Int) {
      self.end = end
      self.capacity = capacity
    }
  }

  @inlinable
  static func make(capacity: Int) -> ByteStorage {
    unsafeDowncast(ByteStorage.create(minimumCapacity: capacity) { _ in Header(end: 0, capacity: capacity) }, to: ByteStorage.self)
  }

  @inlinable var bytes: UnsafeMutableRawPointer { withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) } }

  @inlinable
  var end: Int {
    get { withUnsafeMutablePointerToHeader { $0.pointee.end } }
    set { withUnsafeMutablePointerToHeader { $0.pointee.end = newValue } }
  }

  @inlinable var room: Int { withUnsafeMutablePointerToHeader { $0.pointee.capacity } }
}
