import Host
import Primitives

/// What something that happened was made possible by: the state that it used, and what had changed that state last.
///
/// The table is all that is known about causes besides the way of messages. Each row says: of the facts of kind `cause` before it, the last one that `scope` admits is a cause.
struct Dependency {
  let effect: Fact.Kind
  let cause: Fact.Kind
  let scope: Scope
  /// What the effect needed it for, in the words of the explanation.
  let why: String

  enum Scope {
    /// About the same partition, at the same node.
    case partitionAndNode
    /// About the same partition, in the same leader epoch.
    case partitionAndEpoch
    /// About the same partition, during an earlier event.
    case partitionEarlier
    /// The change by which the elected broker came into the ISR.
    case leaderJoined
    /// About the leader that the partition had before.
    case formerLeader
    /// The leader that a truncated log was compared with.
    case followedLeader
    /// The leader's request for the ISR that was committed.
    case sameISR
    /// About a broker that an ISR lost, or about its leader.
    case removedMember
    /// At a broker that an ISR gained.
    case addedMember
    /// At the node, or about the node, that the effect is about.
    case subjectNode
    /// At the same node.
    case node
    /// At the same node, during an earlier event.
    case nodeEarlier
    /// Of the producer whose transaction a marker ends.
    case producer
    case transaction
    /// Since the coordinator of the same group or transactional id told of it last.
    case coordinator
    /// At the client that a member of a group is.
    case member
    case sameMember
    /// About the controller that led before.
    case formerController
    case quorum
    /// The same record of the metadata log, at the leader that wrote it.
    case sameRecord
    /// The leader of the metadata log that wrote a record.
    case writer
  }

  static let table: [Dependency] = [
    // Who leads, and who follows.
    Dependency(effect: .leads, cause: .elected, scope: .partitionAndEpoch, why: "the controller had elected it"),
    Dependency(effect: .follows, cause: .elected, scope: .partitionAndEpoch, why: "the controller had elected its leader"),
    Dependency(effect: .elected, cause: .fenced, scope: .formerLeader, why: "the leader before was fenced"),
    Dependency(effect: .elected, cause: .shutdownAsked, scope: .formerLeader, why: "the leader before was shutting down"),
    Dependency(effect: .elected, cause: .isr, scope: .partitionEarlier, why: "it said who could be elected"),
    Dependency(effect: .elected, cause: .isr, scope: .leaderJoined, why: "the elected broker had joined the ISR here"),
    Dependency(effect: .isr, cause: .isrProposed, scope: .sameISR, why: "the leader asked for it"),
    Dependency(effect: .isr, cause: .fenced, scope: .removedMember, why: "a fenced broker leaves the ISR"),
    Dependency(effect: .isrProposed, cause: .fault, scope: .removedMember, why: "the followers fell behind"),
    Dependency(effect: .isrProposed, cause: .stopped, scope: .removedMember, why: "the follower was down"),
    Dependency(effect: .isrProposed, cause: .truncated, scope: .addedMember, why: "what the new member's log had lost before it caught up"),
    Dependency(effect: .fenced, cause: .fault, scope: .subjectNode, why: "the controller did not hear from it any more"),
    Dependency(effect: .fenced, cause: .stopped, scope: .subjectNode, why: "the controller did not hear from it any more"),
    Dependency(effect: .fenced, cause: .paused, scope: .subjectNode, why: "the controller did not hear from it any more"),
    Dependency(effect: .registered, cause: .started, scope: .subjectNode, why: "a broker registers when it starts"),
    Dependency(effect: .unfenced, cause: .registered, scope: .subjectNode, why: "it had registered"),

    // What logs hold.
    Dependency(effect: .truncated, cause: .follows, scope: .partitionAndNode, why: "it became a follower and made its log fit"),
    Dependency(effect: .truncated, cause: .leads, scope: .followedLeader, why: "the log that it was compared with"),
    Dependency(effect: .recovered, cause: .stopped, scope: .node, why: "its process had ended without a clean shutdown"),
    Dependency(effect: .started, cause: .stopped, scope: .node, why: "its former life had ended"),
    Dependency(effect: .diskFailed, cause: .fault, scope: .node, why: "the disk had a fault"),

    // Coordinators.
    Dependency(effect: .coordinatorLoaded, cause: .leads, scope: .partitionAndNode, why: "it leads the partition with the coordinator's state"),
    Dependency(effect: .marker, cause: .transactionChanged, scope: .producer, why: "the decision that the marker carries out"),
    Dependency(effect: .transactionChanged, cause: .transactionChanged, scope: .transaction, why: "the state that it was decided from"),
    Dependency(effect: .transactionChanged, cause: .coordinatorLoaded, scope: .coordinator, why: "another broker had become the coordinator"),
    Dependency(effect: .transactionChanged, cause: .transactionTimedOut, scope: .transaction, why: "the transaction had been open for too long"),
    Dependency(effect: .producerFenced, cause: .transactionChanged, scope: .transaction, why: "another epoch was current since then"),
    Dependency(effect: .offsetCommitted, cause: .coordinatorLoaded, scope: .coordinator, why: "another broker had become the coordinator"),
    Dependency(effect: .memberRemoved, cause: .fault, scope: .member, why: "the coordinator did not hear from it any more"),
    Dependency(effect: .memberRemoved, cause: .stopped, scope: .member, why: "the coordinator did not hear from it any more"),
    Dependency(effect: .memberFenced, cause: .memberRemoved, scope: .sameMember, why: "it was no member any more"),

    // The quorum of controllers.
    Dependency(effect: .controllerElected, cause: .controllerResigned, scope: .quorum, why: "the controller before had given up"),
    Dependency(effect: .controllerElected, cause: .fault, scope: .formerController, why: "the others did not hear from the controller before any more"),
    Dependency(effect: .controllerElected, cause: .stopped, scope: .formerController, why: "the controller before was down"),
    Dependency(effect: .controllerElected, cause: .votersAppended, scope: .node, why: "the voters among which it counted a majority"),
    Dependency(effect: .controllerResigned, cause: .fault, scope: .node, why: "it did not hear from a majority any more"),
    Dependency(effect: .votersAppended, cause: .votersAppended, scope: .sameRecord, why: "the controller that wrote this set of voters"),
    Dependency(effect: .votersAppended, cause: .votersAppended, scope: .nodeEarlier, why: "the set of voters before"),
    Dependency(effect: .metadataCommitted, cause: .votersAppended, scope: .node, why: "the voters among which it counted a majority"),
    Dependency(effect: .votersCommitted, cause: .votersAppended, scope: .node, why: "the set that was committed"),
    Dependency(effect: .metadataCommitted, cause: .controllerElected, scope: .writer, why: "it wrote the record as leader of that epoch"),
  ]
}
