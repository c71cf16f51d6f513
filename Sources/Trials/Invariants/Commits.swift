import Primitives
import Replication

/// When each replica committed which offsets: in what epoch, and with which ISR.
///
/// A client hears of a commit later, and another replica may lead by then. The replica that answered knew what it promised.
struct Commits {
  /// Consecutive offsets that were committed under the same conditions.
  private struct Run {
    let from: Offset
    var to: Offset
    let commit: DurabilityContract.Commit
  }

  /// A class, so that it is looked up once per move and grows in place.
  private final class Replica {
    let node: NodeID
    var runs: [Run] = []
    /// The epoch in which the high watermark last rose, as a leader or as a follower.
    var raisedIn = LeaderEpoch.unknown
    /// The largest high watermark it had.
    var highest = Offset(0)

    init(at node: NodeID) { self.node = node }
  }

  /// Those of a partition in the order in which they were first heard of.
  private var replicas = ByPartition<[Replica]>()

  /// Records that a replica's high watermark rose.
  ///
  /// - Parameter sequence: the current sequence number of the durability contract.
  mutating func add(_ partition: Partition, at node: NodeID, from: Offset, to: Offset, sequence: Int) {
    let replica = replica(partition.id, node)
    replica.raisedIn = partition.leaderEpoch
    replica.highest = max(replica.highest, to)
    guard partition.isLeader else { return }
    let commit = DurabilityContract.Commit(
      epoch: partition.leaderEpoch, copies: partition.maximalISR, minimumCopies: Self.minimumCopies(of: partition), sequence: sequence)
    if let last = replica.runs.last, last.to == from, last.commit == commit {
      replica.runs[replica.runs.count - 1].to = to
    } else {
      replica.runs.append(Run(from: from, to: to, commit: commit))
    }
  }

  /// How a replica last committed an offset; nil if it never did.
  func commit(of offset: Offset, in partition: TopicIDPartition, at node: NodeID) -> DurabilityContract.Commit? {
    known(partition, node)?.runs.last { $0.from <= offset && offset < $0.to }?.commit
  }

  /// The epoch in which a replica's high watermark last rose; unknown if it never did.
  func raised(_ partition: TopicIDPartition, at node: NodeID) -> LeaderEpoch {
    known(partition, node)?.raisedIn ?? .unknown
  }

  /// The largest high watermark that a replica had, as far as it was told of.
  func highest(_ partition: TopicIDPartition, at node: NodeID) -> Offset { known(partition, node)?.highest ?? 0 }

  /// The largest high watermark that any replica of a partition had.
  func highest(_ partition: TopicIDPartition) -> Offset { replicas[partition]?.lazy.map(\.highest).max() ?? 0 }

  /// The promised number of copies, at most the number of replicas.
  static func minimumCopies(of partition: Partition) -> Int {
    min(Int(partition.configuration.minInsyncReplicas), max(partition.replicas.count, 1))
  }

  private mutating func replica(_ partition: TopicIDPartition, _ node: NodeID) -> Replica {
    if let replica = known(partition, node) { return replica }
    let replica = Replica(at: node)
    replicas[partition] = (replicas[partition] ?? []) + [replica]
    return replica
  }

  private func known(_ partition: TopicIDPartition, _ node: NodeID) -> Replica? { replicas[partition]?.first { $0.node == node } }
}
