/// One request or response without its 4-byte size prefix: a gather list whose pieces are sent as they are.
///
/// The header and the small fields of a message stand in pieces of their own; a record batch is one further piece, shared with
/// the log or the producer that owns it. The simulated network hands the same pieces to the receiver; a socket writes them one
/// after another and delivers a single piece.
///
/// Nearly half of all messages carry no records and are one piece, which stands in the frame itself. Nearly all others are three: what comes before the
/// records, the records, and what comes behind them.
public struct Frame: Sendable {
  /// What the frame begins with.
  public let first: Bytes
  /// What follows it; nil where that is nothing.
  @usableFromInline let rest: Rest?

  /// The pieces behind the first, in one object: an array of two takes twice as long to make and to release.
  @usableFromInline
  final class Rest: Sendable {
    @usableFromInline let second: Bytes
    @usableFromInline let third: Bytes?
    @usableFromInline let further: ContiguousArray<Bytes>?
    /// The bytes of all of them.
    @usableFromInline let byteCount: Int

    init(_ second: Bytes, _ third: Bytes?, _ further: ContiguousArray<Bytes>?) {
      self.second = second
      self.third = third
      self.further = further
      byteCount = second.count + (third?.count ?? 0) + (further?.reduce(0) { $0 + $1.count } ?? 0)
    }

    @usableFromInline var count: Int { (third == nil ? 1 : 2) + (further?.count ?? 0) }

    @usableFromInline
    subscript(index: Int) -> Bytes {
      switch index {
      case 0: second
      case 1: third!
      default: further![index - 2]
      }
    }
  }

  @inlinable
  public init(_ bytes: Bytes) {
    first = bytes
    rest = nil
  }

  public init(_ first: Bytes, _ second: Bytes, _ third: Bytes? = nil) {
    self.first = first
    rest = Rest(second, third, nil)
  }

  /// A frame without bytes where there are no pieces.
  public init(_ pieces: ContiguousArray<Bytes>) {
    first = pieces.first ?? .empty
    rest = pieces.count < 2 ? nil : Rest(pieces[1], pieces.count < 3 ? nil : pieces[2], pieces.count < 4 ? nil : ContiguousArray(pieces[3...]))
  }

  public var pieceCount: Int { 1 + (rest?.count ?? 0) }

  /// The pieces in their order.
  public subscript(piece index: Int) -> Bytes { index == 0 ? first : rest![index - 1] }

  /// All pieces, for whoever is in no hurry.
  public var pieces: ContiguousArray<Bytes> { ContiguousArray((0..<pieceCount).map { self[piece: $0] }) }

  /// Calls for the bytes of each piece in turn.
  @inlinable
  @inline(__always)
  public func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
    first.withUnsafeBytes(body)
    guard let rest else { return }
    rest.second.withUnsafeBytes(body)
    if let third = rest.third { third.withUnsafeBytes(body) }
    guard let further = rest.further else { return }
    let span = further.span
    for index in span.indices { span[index].withUnsafeBytes(body) }
  }

  /// Length on the wire, without the size prefix.
  @inlinable public var count: Int { first.count + (rest?.byteCount ?? 0) }

  /// The frame in one piece.
  public var joined: Bytes { rest == nil ? first : Bytes(joining: pieces) }
}
