/// A step of the automaton. Unless stated otherwise, the next step follows.
enum PatternStep: Sendable {
  case take(ByteSet)
  /// Continues at both steps.
  case fork(Int, Int)
  case jump(Int)
  /// Continues only if the condition holds.
  case require(PatternPosition)
  case accept
}
