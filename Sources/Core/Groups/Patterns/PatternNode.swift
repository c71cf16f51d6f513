/// The syntax tree of a pattern.
indirect enum PatternNode: Sendable {
  case set(ByteSet)
  case position(PatternPosition)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// `most` is nil if there is no limit.
  case repetition(PatternNode, least: Int, most: Int?)
}

/// A condition on a place between two characters.
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
