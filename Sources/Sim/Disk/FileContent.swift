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

  var size: Int { pieces.last?.end ?? 0 }

  mutating func append(_ bytes: Bytes) {
    guard !bytes.isEmpty else { return }
    // Batches of one response are appended one at a time; joined again, they can be read without a copy.
    if let last = pieces.last, let joined = last.bytes.extended(by: bytes) {
      pieces[pieces.count - 1] = Piece(end: last.end + bytes.count, bytes: joined)
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
    let piece = pieces[indexOfPiece(holding: range.lowerBound)]
    if range.upperBound <= piece.end { return piece.bytes[range.lowerBound - piece.start..<range.upperBound - piece.start] }
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
    if let last = pieces.last, position >= last.start { return pieces.count - 1 }
    return pieces.partitioningIndex { $0.end > position }
  }
}
