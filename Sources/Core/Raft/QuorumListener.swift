import Primitives
import Wire

// What this module guarantees: one leader for each epoch; a record that was handed to a listener as committed is handed to every
// listener, at the same offset, in the same order, or as part of a snapshot, and stays in the log of a majority of the voters or in their snapshots.

/// Applies the metadata log: a controller, or a broker that observes.
public protocol QuorumListener: AnyObject {
  /// The next committed batch. Offsets follow each other without a gap from the start of the log, or from the end of a snapshot that was loaded; after a
  /// restart they begin there again.
  func committed(_ batch: CommittedBatch)
  /// A snapshot takes the place of everything that was handed over before. It holds more than that. Whatever is thrown ends the replica.
  func load(_ snapshot: CommittedSnapshot) throws
  /// Who leads is known, or known no more.
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
  /// In the log.
  public let sizeInBytes: Int
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
