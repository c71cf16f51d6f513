import Primitives
import Wire

// What this module guarantees: one leader for each epoch; a record that was handed to a listener as committed is handed to every
// listener, at the same offset, in the same order, and stays in the log of a majority of the voters.

/// Whoever applies the metadata log: a controller, or a broker that observes.
public protocol QuorumListener: AnyObject {
  /// The next committed batch. Offsets follow each other without a gap from the start of the log; after a restart they begin there again.
  func committed(_ batch: CommittedBatch)
  /// Who leads is known, or known no more.
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch)
  /// This replica leads, and everything that former leaders committed was handed over. It may append now.
  func becameLeader(epoch: LeaderEpoch)
  /// This replica leads no more; appends under way have failed.
  func resigned(epoch: LeaderEpoch)
  /// The replica cannot go on: its disk failed, or its log contradicts the quorum's. The node must end.
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

/// Why a replica of the metadata log ended.
public struct QuorumFailure: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Why an append has no committed offset.
public enum QuorumAppendError: Error, Equatable {
  /// Somebody else leads, or nobody does. Nothing was appended.
  case notLeader
  /// The leadership ended before the records were committed. Whether they ever will be is unknown.
  case leadershipLost
}
