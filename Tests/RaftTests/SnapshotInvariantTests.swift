import Host
import Primitives
import Testing

@testable import Raft

/// What must hold of a replica's snapshots. Each is broken on purpose by a change of the state that no call would make.
@Suite struct SnapshotInvariantTests {
  private func broken(_ replica: QuorumReplica) -> [String] {
    var check = InvariantCheck()
    replica.checkInvariants(&check)
    return check.broken
  }

  /// Looks at a lone voter with two snapshots, up to offsets 3 and 5, and a log from offset 3 on.
  private func withLeader(_ body: (QuorumReplica) throws -> Void) throws {
    let quorum = Quorum(voters: 1) {
      $0.metadataLog.segmentBytes = 150
      $0.metadataLog.retention = nil
      $0.metadataLog.retentionBytes = 1
    }
    let index = try #require(quorum.leader())
    for _ in 0..<2 {
      quorum.commit(["a", "b"], by: index)
      quorum.takeSnapshot(at: index)
    }
    let replica: QuorumReplica = quorum.node(index).quorum
    try replica.cleanUp()
    quorum.commit(["c"], by: index)
    quorum.takeSnapshot(at: index)
    #expect(replica.snapshots.ids.map(\.endOffset) == [5, 6] && replica.log.logStartOffset == 5 && broken(replica) == [])
    try withExtendedLifetime(quorum) { try body(replica) }
  }

  @Test func `A log that begins behind 0 without a snapshot of what came before is told`() throws {
    try withLeader { replica in
      replica.snapshots.forget(SnapshotID(endOffset: 5, epoch: 1))
      #expect(broken(replica) == [])
      replica.snapshots.forget(SnapshotID(endOffset: 6, epoch: 1))
      #expect(broken(replica) == ["metadata log at node 1: the log begins at 5, and there is no snapshot"])
      replica.snapshots.add(SnapshotID(endOffset: 4, epoch: 1), size: 1)
      #expect(broken(replica).contains("metadata log at node 1: the log begins at 5, and the first snapshot holds what is below 4"))
    }
  }

  @Test func `A snapshot of what is not committed, or of another history, is told`() throws {
    try withLeader { replica in
      replica.snapshots.add(SnapshotID(endOffset: 9, epoch: 1), size: 1)
      #expect(broken(replica) == ["metadata log at node 1: a snapshot holds what is below 9, and what is below \(replica.highWatermark) is committed"])
      replica.snapshots.forget(SnapshotID(endOffset: 9, epoch: 1))
      for id in replica.snapshots.ids { replica.snapshots.forget(id) }
      replica.snapshots.add(SnapshotID(endOffset: 5, epoch: 7), size: 1)
      #expect(broken(replica).contains { $0.contains("the log does not go on from the snapshot up to offset 5 of epoch 7") })
    }
  }

  @Test func `A leader that loads a snapshot, and a transfer from somebody else than the leader, are told`() throws {
    try withLeader { replica in
      replica.hasLoadedAsLeader = true
      #expect(broken(replica) == ["metadata log at node 1: it loaded a snapshot while it led"])
      replica.hasLoadedAsLeader = false
      let writer = try replica.snapshots.makeWriter(SnapshotID(endOffset: 9, epoch: 1), replica.reactor)
      replica.snapshotFetch = SnapshotFetch(writer, leader: 7, epoch: 1)
      #expect(broken(replica).count == 1 && broken(replica)[0].contains("a snapshot is on its way from node 7, leader of epoch 1, and it follows 1 in epoch 1"))
    }
  }
}
