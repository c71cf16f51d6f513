/// A step of the automaton. Where nothing else is said, the next one follows.
enum PatternStep: Sendable {
  case take(ByteSet)
  /// Goes on at both places.
  case fork(Int, Int)
  case jump(Int)
  /// Goes on only where it holds.
  case require(PatternPosition)
  case accept
}
