import Host
import Primitives

/// The sync state of one log. At most one round of syncs runs at a time; requests during a round wait for the next one.
struct FlushState {
  struct Waiter {
    /// The first round that started after the request, so that it covers everything requested: records, names and truncations.
    let round: Int
    /// What is to be synced by then, unless the log is truncated before.
    let end: Offset
    let truncations: Int
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
  /// Closed segments that are not fully synced yet.
  var unsyncedSegments: [LogSegment] = []
  /// Small files written in place: producer snapshots and the topic's id. They are closed once synced.
  var unsyncedFiles: [UnsyncedFile] = []
  var areNamesDirty = false
  /// The name of the directory itself is new.
  var isParentDirty = false
  /// Records from here on do not count until they are synced (`flush.messages`).
  var heldOffset: Offset?
  var wantsClosedParts = false

  init(flushedOffset: Offset, lastFlush: Instant) {
    self.flushedOffset = flushedOffset
    self.lastFlush = lastFlush
  }
}
