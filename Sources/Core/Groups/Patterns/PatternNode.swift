/// A pattern as it was read.
indirect enum PatternNode: Sendable {
  case set(ByteSet)
  case position(PatternPosition)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// nil: without end.
  case repetition(PatternNode, least: Int, most: Int?)
}

/// What can be asked of a place between two characters.
enum PatternPosition: Sendable {
  case begin, end, wordBoundary, noWordBoundary

  func holds(at index: Int, of bytes: [UInt8]) -> Bool {
    switch self {
    case .begin: index == 0
    case .end: index == bytes.count
    case .wordBoundary: Self.isBoundary(index, bytes)
    case .noWordBoundary: !Self.isBoundary(index, bytes)
    }
  }

  private static func isBoundary(_ index: Int, _ bytes: [UInt8]) -> Bool {
    (index > 0 && ByteSet.word.contains(bytes[index - 1])) != (index < bytes.count && ByteSet.word.contains(bytes[index]))
  }
}
