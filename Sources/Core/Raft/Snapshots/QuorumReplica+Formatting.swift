import Host
import Primitives
import Wire

extension QuorumReplica {
  /// The snapshot with which the directory of a first voter of a dynamic quorum is formatted: kraft.version 1 and the first voters, and no metadata
  /// (`Formatter.writeDynamicQuorumSnapshot`).
  ///
  /// - Parameter now: by the clock of whoever formats.
  public static func bootstrapSnapshot(of voters: VoterSet, at now: Timestamp) -> (path: String, content: Bytes) {
    var header = SnapshotHeaderRecord()
    header.lastContainedLogTimestamp = now.milliseconds
    do {
      let first = [ControlRecord(.snapshotHeader, value: try header.encoded(version: 0))] + (try [QuorumRecord.kraftVersion(1), .voters(voters)].map { try $0.record })
      let last = [ControlRecord(.snapshotFooter, value: try SnapshotFooterRecord().encoded(version: 0))]
      let epoch = SnapshotID.bootstrap.epoch
      let begin = RecordBatch.controlBatch(first, timestamp: now, leaderEpoch: epoch)
      let end = RecordBatch.controlBatch(last, timestamp: now, baseOffset: begin.nextOffset, leaderEpoch: epoch)
      var content = ByteWriter(capacity: begin.sizeInBytes + end.sizeInBytes)
      content.append(begin.bytes)
      content.append(end.bytes)
      return ("\(partition)/\(SnapshotID.bootstrap.fileName)", content.bytes)
    } catch {
      preconditionFailure("the voters \(voters.keys) cannot be written: \(error)")
    }
  }
}
