import Primitives

/// What loading has found in a directory, before the log is open.
struct LoadedLog {
  /// The directory did not exist before.
  var isNew = false
  /// The base offsets of the segments found, ascending.
  var baseOffsets: [Offset] = []
  var snapshots: [Offset] = []
  /// The base offsets of missing segments between others, of which only the index is left.
  var missingSegments: [Offset] = []
  /// Where the last epoch starts according to the epoch checkpoint.
  var lastEpochStart: Offset?
  var segments: [LogSegment] = []
  var epochs = LeaderEpochCache()
  /// The epoch checkpoint existed and could be read.
  var areEpochsKnown = false
  var areEpochsDirty = false
  /// The epoch of the newest batch that is kept.
  var lastEpoch = LeaderEpoch.unknown
  /// Offsets jump within a segment: the log was compacted.
  var hasGaps = false
  var producers = ProducerStates()
  var logStartOffset = Offset(0)
  var logEndOffset = Offset(0)
  var recoveryPoint = Offset(0)
  var bytesCut = 0
  /// Warnings for an operator.
  var warnings: [String] = []
  var unsyncedSegments: [LogSegment] = []
  var unsyncedFiles: [FlushState.UnsyncedFile] = []
  var areNamesDirty = false

  /// Where the last segment ends; nil if there is none.
  var end: Offset? { segments.last?.nextOffset }
}
