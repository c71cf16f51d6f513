/// One request or response without its 4-byte size prefix: a gather list whose pieces are sent as they are.
///
/// The header and the small fields of a message are pieces of their own; a record batch is one further piece, shared with
/// the log or the producer that owns it. The simulated network hands the same pieces to the receiver; a socket writes them in
/// order and delivers a single piece.
public struct Frame: Sendable {
  public let pieces: ContiguousArray<Bytes>

  @inlinable public init(_ pieces: ContiguousArray<Bytes>) { self.pieces = pieces }
  @inlinable public init(_ bytes: Bytes) { pieces = [bytes] }

  /// Length on the wire, without the size prefix.
  @inlinable public var count: Int {
    var total = 0
    for piece in pieces { total += piece.count }
    return total
  }

  /// The frame in one piece.
  public var joined: Bytes { Bytes(joining: pieces) }
}
