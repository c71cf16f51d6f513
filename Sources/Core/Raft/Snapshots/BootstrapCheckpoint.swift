import Host
import Log
import Primitives
import Wire

/// `bootstrap.checkpoint`, beside the metadata log: the records with which the first leader of a new cluster begins (Kafka's `BootstrapDirectory`). It has the
/// form of a snapshot, and nobody reads it once there is metadata.
public enum BootstrapCheckpoint {
  public static let fileName = "bootstrap.checkpoint"

  /// The content of the file.
  public static func content(_ records: [MetadataRecord], at timestamp: Timestamp) throws -> Bytes {
    var batch = RecordBatchBuilder(baseOffset: 1, leaderEpoch: 0)
    for record in records { batch.append(timestamp: timestamp, key: nil, value: try record.encoded()) }
    let end = Offset(1) + Int64(records.count)
    func control(_ record: ControlRecord, at offset: Offset) -> Bytes {
      RecordBatch.controlBatch([record], timestamp: timestamp, baseOffset: offset, leaderEpoch: 0).bytes
    }
    return Bytes(joining: [
      control(try .snapshotHeader(timestamp), at: 0), batch.build(),
      control(try .snapshotFooter(), at: end),
    ])
  }

  /// The records in the file on a node's disk; nil where there is none. Throws a `LogError` where it cannot be read.
  public static func records(onDisk disk: any Disk) throws(LogError) -> [MetadataRecord]? {
    guard disk.exists(fileName) else { return nil }
    var records: [MetadataRecord] = []
    do {
      try CommittedSnapshot(SnapshotID(endOffset: 0, epoch: 0), in: DirectoryFiles(disk: disk, directory: ""), named: fileName).forEachBatch { records += $0 }
    } catch let error as LogError {
      throw error
    } catch {
      throw .damaged(path: fileName, reason: "\(error)")
    }
    return records
  }
}
