/// One request or response without its 4-byte size prefix: a gather list whose pieces are sent as they are.
///
/// The header and the small fields of a message stand in pieces of their own; a record batch is one further piece, shared with
/// the log or the producer that owns it. The simulated network hands the same pieces to the receiver; a socket writes them one
/// after another and delivers a single piece.
///
/// Nearly half of all messages carry no records and are one piece, which stands in the frame itself.
public struct Frame: Sendable {
  /// What the frame begins with.
  public let first: Bytes
  /// What follows it; nil where that is nothing.
  @usableFromInline let others: ContiguousArray<Bytes>?

  @inlinable
  public init(_ bytes: Bytes) {
    first = bytes
    others = nil
  }

  /// - Parameter others: the pieces behind the first.
  @inlinable
  public init(_ first: Bytes, followedBy others: ContiguousArray<Bytes>) {
    self.first = first
    self.others = others.isEmpty ? nil : others
  }

  public init(_ pieces: ContiguousArray<Bytes>) { self.init(pieces.first ?? .empty, followedBy: ContiguousArray(pieces.dropFirst())) }

  @inlinable public var pieceCount: Int { 1 + (others?.count ?? 0) }

  /// The pieces in their order.
  @inlinable
  public subscript(piece index: Int) -> Bytes { index == 0 ? first : others![index - 1] }

  /// All pieces, for whoever is in no hurry.
  public var pieces: ContiguousArray<Bytes> { [first] + (others ?? []) }

  /// Calls for the bytes of each piece in turn.
  @inlinable
  @inline(__always)
  public func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
    first.withUnsafeBytes(body)
    guard let others else { return }
    let span = others.span
    for index in span.indices { span[index].withUnsafeBytes(body) }
  }

  /// Length on the wire, without the size prefix.
  @inlinable public var count: Int {
    guard let others else { return first.count }
    var total = first.count
    let span = others.span
    for index in span.indices { total += span[index].count }
    return total
  }

  /// The frame in one piece.
  public var joined: Bytes { others == nil ? first : Bytes(joining: pieces) }
}
