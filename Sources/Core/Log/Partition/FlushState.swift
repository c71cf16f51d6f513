import Host
import Primitives

/// What is known of the syncing of one log. At most one round of syncs is under way; what is asked for meanwhile waits for the next.
struct FlushState {
  struct Waiter {
    /// The first round that began after the wish, and so holds all it is about: records, names and cuts.
    let round: Int
    let completion: (LogError?) -> Void
  }

  struct UnsyncedFile {
    let id: FileID
    let path: String
  }

  struct Round {
    var target: Offset
    var outstanding: Int
  }

  /// Everything below survives a power loss: records, the names of their files, and the indexes of closed segments.
  var flushedOffset: Offset
  var lastFlush: Instant
  var round: Round?
  var roundCount = 0
  var waiters: [Waiter] = []
  /// Closed segments of which something is not synced yet.
  var unsyncedSegments: [LogSegment] = []
  /// Small files written in place: producer snapshots and the topic's id. They are closed with their sync.
  var unsyncedFiles: [UnsyncedFile] = []
  var areNamesDirty = false
  /// The name of the directory itself is new.
  var isParentDirty = false
  /// Records from here on do not count before they are synced (`flush.messages`).
  var heldOffset: Offset?
  var wantsClosedParts = false

  init(flushedOffset: Offset, lastFlush: Instant) {
    self.flushedOffset = flushedOffset
    self.lastFlush = lastFlush
  }
}
