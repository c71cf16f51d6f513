import Primitives

/// The state of writing `leader-epoch-checkpoint`. One write at a time; changes during a write are written after it.
struct EpochCheckpoint {
  var isWriting = false
  var isDirty = false
  /// The first offset whose epoch is missing from the file that is being written, and the same for the file after it.
  var writingStart: Offset?
  var nextStart: Offset?
  /// Run when the file says what is known.
  var waiting: [(LogError?) -> Void] = []

  /// Records from here on may have an epoch that is not on the disk yet.
  var unwrittenStart: Offset? {
    guard let writingStart else { return nextStart }
    return nextStart.map { min($0, writingStart) } ?? writingStart
  }
}
