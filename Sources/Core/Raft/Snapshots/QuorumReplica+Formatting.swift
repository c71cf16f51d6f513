import Host
import Primitives
import Wire

extension QuorumReplica {
  /// The snapshot with which the directory of a first voter of a dynamic quorum is formatted: kraft.version 1 and the first voters, and no metadata
  /// (`Formatter.writeDynamicQuorumSnapshot`).
  ///
  /// - Parameter now: by the clock of whoever formats.
  public static func bootstrapSnapshot(of voters: VoterSet, at now: Timestamp) -> (path: String, content: Bytes) {
    do {
      let first = [try ControlRecord.snapshotHeader(now)] + (try [QuorumRecord.kraftVersion(1), .voters(voters)].map { try $0.record })
      let epoch = SnapshotID.bootstrap.epoch
      let begin = RecordBatch.controlBatch(first, timestamp: now, leaderEpoch: epoch)
      let end = RecordBatch.controlBatch([try .snapshotFooter()], timestamp: now, baseOffset: begin.nextOffset, leaderEpoch: epoch)
      return ("\(partition)/\(SnapshotID.bootstrap.fileName)", Bytes(joining: [begin.bytes, end.bytes]))
    } catch {
      preconditionFailure("the voters \(voters.keys) cannot be written: \(error)")
    }
  }
}
