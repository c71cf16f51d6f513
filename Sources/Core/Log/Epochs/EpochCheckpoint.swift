import Primitives

/// What is known of the writing of `leader-epoch-checkpoint`. One write at a time; what changes meanwhile is written after it.
struct EpochCheckpoint {
  var isWriting = false
  var isDirty = false
  /// The first offset whose epoch the file under way does not know yet, and the one the next file is for.
  var writingStart: Offset?
  var nextStart: Offset?

  /// Records from here on may have an epoch that is not on the disk.
  var unwrittenStart: Offset? {
    guard let writingStart else { return nextStart }
    return nextStart.map { min($0, writingStart) } ?? writingStart
  }
}
