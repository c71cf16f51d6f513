import Primitives
import Wire

/// What the leader of a classic group does for all members: it finds the topics that they want, assigns their partitions, and sees when topics are no longer what it
/// assigned from (`ConsumerCoordinator.onLeaderElected`).
final class ClassicLeader {
  private let cluster: Cluster
  private let configuration: ConsumerConfiguration
  private let rebalanceProtocol: RebalanceProtocol
  /// Of all members. In ascending order.
  private var topics: [String] = []
  /// nil if this member does not lead.
  private var assignedFrom: [AssignableTopic]?

  init(_ cluster: Cluster, _ configuration: ConsumerConfiguration, _ rebalanceProtocol: RebalanceProtocol) {
    self.cluster = cluster
    self.configuration = configuration
    self.rebalanceProtocol = rebalanceProtocol
  }

  /// Whether what it assigned is not what there is any more.
  var isOutdated: Bool { assignedFrom.map { $0 != snapshot(assignableTopics) } ?? false }

  /// Somebody else may lead from now on.
  func resign() { assignedFrom = nil }

  /// Goes on with `then` when there is metadata of everything that members want, or brokers were asked for it twice: at once where it is there.
  func findTopics(of members: [SubscribedMember], _ then: @escaping () -> Void) {
    topics = members.flatMap(\.topics).withoutRepetitions.sorted()
    let areKnown = cluster.isBootstrapped && topics.allSatisfy(cluster.isFollowing)
    cluster.follow(topics)
    guard !areKnown else { return then() }
    // The answer under way, where there is one, may be without the new topics: it takes two then.
    cluster.afterNextChange { [weak self] in
      guard let self else { return }
      let areThere = topics.allSatisfy { self.cluster.metadata.topic($0) != nil }
      areThere ? then() : cluster.afterNextChange(then)
    }
  }

  /// What each member gets, in their order; nil if the group agreed on an assignor that is not there, or on one whose assignment cannot be carried out.
  ///
  /// - Parameter keepsAssignment: nobody gets anything new. A static member that comes back leads, and leaves the assignment as it is (KIP-814).
  func assign(to members: [SubscribedMember], by assignor: String?, keepsAssignment: Bool) -> [(member: String, assignment: Bytes)]? {
    let topics = assignableTopics
    assignedFrom = snapshot(topics)
    guard !keepsAssignment else { return [] }
    guard let assignor = self.assignor(named: assignor) else { return nil }
    let assignment = assignor.assign(topics, to: members)
    // No member may get what another has not given up yet (`ConsumerCoordinator.validateCooperativeAssignment`). Kafka's own assignor is not looked at: it sees to
    // that itself, and knows of claims that do not count (KAFKA-13406).
    let isTrusted = rebalanceProtocol == .eager || assignor is CooperativeStickyAssignor
    guard assignment.count == members.count, isTrusted || movingPartitions(to: assignment, from: members).isEmpty else { return nil }
    return zip(members, assignment).map { ($0.id, ConsumerProtocol.encode(ConsumerProtocolAssignment($1))) }
  }

  private func assignor(named name: String?) -> (any PartitionAssignor)? {
    let assignor = configuration.assignors.first { $0.name == name }
    guard assignor is CooperativeStickyAssignor, !configuration.switches.keepFormerClaims else { return assignor }
    return CooperativeStickyAssignor(keepsFormerClaims: false)
  }

  private var assignableTopics: [AssignableTopic] {
    let metadata = cluster.metadata
    let hasRacks = metadata.brokers.contains { $0.rack != nil }
    return topics.compactMap { name in
      guard let topic = metadata.topic(name), !topic.partitions.isEmpty else { return nil }
      let racks = !hasRacks ? [] : topic.partitions.map { partition in
        partition.replicas.compactMap { metadata.broker($0)?.rack }.sorted()
      }
      return AssignableTopic(name, partitionCount: topic.partitions.count, racks: racks)
    }
  }

  /// What of topics counts when they are compared: racks only for a leader that is in one itself (`ConsumerCoordinator.MetadataSnapshot`).
  private func snapshot(_ topics: [AssignableTopic]) -> [AssignableTopic] {
    configuration.clientRack.isEmpty ? topics.map { AssignableTopic($0.name, partitionCount: $0.partitionCount) } : topics
  }
}
