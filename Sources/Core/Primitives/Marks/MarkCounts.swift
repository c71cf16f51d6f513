import CMarks

/// Counts that a rare place of Core was passed, in the calling thread. Nothing else depends on it: neither what happens nor a trace.
public func mark(_ mark: Mark) { trial_mark(UInt32(truncatingIfNeeded: mark.rawValue)) }

/// How often a mark was passed.
public struct MarkCount: Equatable, Sendable {
  public var mark: Mark
  public var count: Int

  public init(_ mark: Mark, count: Int) {
    self.mark = mark
    self.count = count
  }
}

/// The counts of the calling thread. A world runs on one thread from its start to its end, so the counts are those of one trial if they are reset before it.
///
/// Core counts, and never reads.
public enum MarkCounts {
  /// Sets all counts of the calling thread to 0.
  public static func reset() { trial_marks_reset() }

  /// How often the calling thread passed a mark since the last reset.
  public static func count(of mark: Mark) -> Int { Int(clamping: trial_mark_count(UInt32(truncatingIfNeeded: mark.rawValue))) }

  /// The marks that the calling thread passed since the last reset, in the order of their declaration.
  public static var passed: [MarkCount] { Mark.allCases.map { MarkCount($0, count: count(of: $0)) }.filter { $0.count > 0 } }

  /// How many marks there can be.
  package static var capacity: Int { Int(TRIAL_MARK_CAPACITY) }
}
