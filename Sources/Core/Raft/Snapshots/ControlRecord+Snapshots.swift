import Primitives
import Wire

/// The first and the last record of every snapshot, whoever writes it (KIP-630).
extension ControlRecord {
  /// - Parameter timestamp: of the last batch that the snapshot holds.
  static func snapshotHeader(_ timestamp: Timestamp) throws -> ControlRecord {
    var header = SnapshotHeaderRecord()
    header.lastContainedLogTimestamp = timestamp.milliseconds
    return ControlRecord(.snapshotHeader, value: try header.encoded(version: 0))
  }

  static func snapshotFooter() throws -> ControlRecord { ControlRecord(.snapshotFooter, value: try SnapshotFooterRecord().encoded(version: 0)) }
}
