import Host
import Primitives
import Sim

/// Up to where observers were told of the changes in the metadata log.
///
/// A controller tells of what it commits. One that is elected commits again what its predecessor may have committed and told: each batch counts once, by
/// the first controller that commits it.
struct ToldMetadata {
  private var end = Offset(0)

  /// A controller is about to tell of a batch. Returns it where all of that was told before.
  ///
  /// - Parameter isLeader: whether it leads the metadata log; others tell nothing.
  mutating func hears(of commit: Occurrence.MetadataCommit, by controller: NodeIndex, isLeader: Bool) -> NodeIndex? {
    guard isLeader, commit.lastOffset >= end else { return controller }
    end = commit.lastOffset + 1
    return nil
  }
}

extension Occurrence {
  /// Whether a controller tells it of a batch of the metadata log.
  var isOfCommittedMetadata: Bool {
    switch self {
    case .brokerRegistered, .brokerFenced, .brokerUnfenced, .topicCreated, .topicDeleted, .leaderElected, .isrChanged: true
    default: false
    }
  }
}
