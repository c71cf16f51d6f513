import Primitives

/// What a directory held, on the way to an open log.
struct LoadedLog {
  /// There was no directory before.
  var isNew = false
  /// Of the segments whose names are there, ascending.
  var baseOffsets: [Offset] = []
  var snapshots: [Offset] = []
  /// Where segments between others began of which only the index is left.
  var missingSegments: [Offset] = []
  /// Where the last epoch began by the checkpoint of the epochs.
  var lastEpochStart: Offset?
  var segments: [LogSegment] = []
  var epochs = LeaderEpochCache()
  /// The file with the epochs was there and could be read.
  var areEpochsKnown = false
  var areEpochsDirty = false
  /// Of the newest batch that is kept.
  var lastEpoch = LeaderEpoch.unknown
  /// Offsets jump inside of a segment: the log was compacted.
  var hasGaps = false
  var producers = ProducerStates()
  var logStartOffset = Offset(0)
  var logEndOffset = Offset(0)
  var recoveryPoint = Offset(0)
  var bytesCut = 0
  /// What an operator should hear of.
  var warnings: [String] = []
  var unsyncedSegments: [LogSegment] = []
  var unsyncedFiles: [FlushState.UnsyncedFile] = []
  var areNamesDirty = false

  /// Where the last segment ends; nil without one.
  var end: Offset? { segments.last?.nextOffset }
}
