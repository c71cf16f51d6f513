import Primitives

/// The bytes of a file, as slices of what was appended. Finding a position takes a binary search; at the end of the file it costs nothing.
struct FileContent {
  private struct Piece {
    /// The offset in the file at which this piece ends.
    var end: Int
    var bytes: Bytes
    var start: Int { end - bytes.count }
  }

  private var pieces: ContiguousArray<Piece> = []

  // Pieces are looked at in their places here: a copy of one counts a reference to its bytes.

  var size: Int { pieces.isEmpty ? 0 : pieces[pieces.count - 1].end }

  mutating func append(_ bytes: Bytes) {
    guard !bytes.isEmpty else { return }
    // Batches of one response are appended one at a time; joined again, they can be read without a copy.
    let last = pieces.count - 1
    if last >= 0, let joined = pieces[last].bytes.extended(by: bytes) {
      pieces[last].end += bytes.count
      pieces[last].bytes = joined
    } else {
      pieces.append(Piece(end: size + bytes.count, bytes: bytes))
    }
  }

  mutating func append(contentsOf slices: some Sequence<Bytes>) {
    for slice in slices { append(slice) }
  }

  mutating func appendZeros(_ count: Int) {
    var left = count
    while left > 0 {
      append(Self.zeros[0..<min(left, Self.zeros.count)])
      left -= min(left, Self.zeros.count)
    }
  }

  private static let zeros = Bytes([UInt8](repeating: 0, count: 4096))

  /// The slices of a range, which must be inside the file.
  func slices(_ range: Range<Int>) -> ContiguousArray<Bytes> {
    var slices: ContiguousArray<Bytes> = []
    guard !range.isEmpty else { return slices }
    var index = indexOfPiece(holding: range.lowerBound)
    var at = range.lowerBound
    while at < range.upperBound {
      let piece = pieces[index]
      let end = min(piece.end, range.upperBound)
      slices.append(piece.bytes[at - piece.start..<end - piece.start])
      at = end
      index += 1
    }
    return slices
  }

  /// The bytes of a range: shared if they are in one piece or adjacent in memory, otherwise copied.
  func bytes(_ range: Range<Int>) -> Bytes {
    guard !range.isEmpty else { return .empty }
    let index = indexOfPiece(holding: range.lowerBound)
    if range.upperBound <= pieces[index].end {
      let start = pieces[index].start
      return pieces[index].bytes[range.lowerBound - start..<range.upperBound - start]
    }
    let slices = slices(range)
    return Bytes(sideBySide: slices) ?? Bytes(joining: slices)
  }

  /// The number of bytes from a position to the end of its piece.
  func sharedBytes(at position: Int) -> Int {
    guard position >= 0, position < size else { return 0 }
    return pieces[indexOfPiece(holding: position)].end - position
  }

  mutating func truncate(to size: Int) {
    while let last = pieces.last, last.end > size {
      pieces.removeLast()
      if last.start < size { pieces.append(Piece(end: size, bytes: last.bytes[0..<size - last.start])) }
    }
  }

  /// Replaces the bytes of a range by others of the same length. Readers that share the old bytes keep them.
  mutating func overwrite(at position: Int, with bytes: Bytes) {
    var replaced = FileContent()
    replaced.append(contentsOf: slices(0..<position))
    replaced.append(bytes)
    replaced.append(contentsOf: slices(position + bytes.count..<size))
    self = replaced
  }

  private func indexOfPiece(holding position: Int) -> Int {
    precondition(position >= 0 && position < size, "position outside of the file")
    if position >= pieces[pieces.count - 1].start { return pieces.count - 1 }
    return pieces.partitioningIndex { $0.end > position }
  }
}
