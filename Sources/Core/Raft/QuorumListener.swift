import Primitives
import Wire

// What this module guarantees: there is at most one leader for each epoch. A record that one listener got as committed is passed to every listener,
// at the same offset, in the same order, and stays in the log of a majority of the voters.

/// Applies the metadata log: a controller, or a broker that observes.
public protocol QuorumListener: AnyObject {
  /// The next committed batch. Offsets have no gaps from the start of the log on; after a restart they start there again.
  func committed(_ batch: CommittedBatch)
  /// The leader became known, or is no longer known.
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch)
  /// This replica leads, and everything that earlier leaders committed was passed on. It may append now.
  func becameLeader(epoch: LeaderEpoch)
  /// This replica no longer leads; pending appends have failed.
  func resigned(epoch: LeaderEpoch)
  /// The replica cannot continue: its disk failed, or its log contradicts the quorum's. The node must end.
  func failed(_ failure: QuorumFailure)
}

/// One committed batch of the metadata log. A control batch has no records for the listener, but takes offsets.
public struct CommittedBatch: Sendable {
  public let records: [MetadataRecord]
  public let baseOffset: Offset
  public let lastOffset: Offset
  public let epoch: LeaderEpoch
  /// When the leader appended it, by its wall clock.
  public let timestamp: Timestamp
}

/// Why a replica of the metadata log stopped.
public struct QuorumFailure: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Why an append has no committed offset.
public enum QuorumAppendError: Error, Equatable {
  /// Another replica leads, or none does. Nothing was appended.
  case notLeader
  /// The leadership ended before the records were committed. It is unknown whether they ever will be.
  case leadershipLost
}
