import CMarks

/// States what must hold where it stands, and goes on in any case: what does not hold is told by whoever runs the node. In a trial it is a broken invariant, and a finding; a served
/// broker warns of it.
///
/// For conditions that another part has seen to, where one relies on them: the decision stands in one place and is checked in another. In the middle of an event only this can see them;
/// what holds between two events stands in `checkInvariants`. Foreign bytes are no reason for it: they are refused.
@inline(__always)
public func mustHold(_ holds: Bool, _ words: @autoclosure () -> String) {
  if !holds { BrokenInvariants.add(words()) }
}

/// What did not hold in the calling thread. Core adds, and never reads.
public enum BrokenInvariants {
  @inline(never)
  fileprivate static func add(_ words: String) {
    var words = words
    words.withUTF8 { bytes in bytes.withMemoryRebound(to: CChar.self) { trial_broken_add($0.baseAddress, $0.count) } }
  }

  public static var isEmpty: Bool { trial_broken_count() == 0 }

  public static func forget() { trial_broken_reset() }

  /// Returns them, the first few, each once, and forgets them.
  public static func take() -> [String] {
    var words: [String] = []
    for index in 0..<trial_broken_count() {
      let added = String(cString: trial_broken_words(index))
      if !words.contains(added) { words.append(added) }
    }
    forget()
    return words
  }
}
