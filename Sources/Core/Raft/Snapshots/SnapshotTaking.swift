import Primitives
import Wire

/// A snapshot that is being written, slice by slice.
final class SnapshotTaking {
  let writer: SnapshotWriter
  /// Gives the records one after another, nil at their end.
  let nextRecord: () -> MetadataRecord?
  /// A snapshot's own offsets count from 0.
  var nextOffset = Offset(0)

  init(_ writer: SnapshotWriter, _ nextRecord: @escaping () -> MetadataRecord?) {
    self.writer = writer
    self.nextRecord = nextRecord
  }
}
