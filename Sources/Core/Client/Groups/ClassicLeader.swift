import Primitives
import Wire

/// The leader's work for all members of a classic group: it looks up the topics that they want, assigns their partitions, and notices when the topics
/// differ from those that it assigned (`ConsumerCoordinator.onLeaderElected`).
final class ClassicLeader {
  private let cluster: Cluster
  private let configuration: ConsumerConfiguration
  private let rebalanceProtocol: RebalanceProtocol
  /// The topics of all members, in ascending order.
  private var topics: [String] = []
  /// Nil if this member is not the leader.
  private var assignedFrom: [AssignableTopic]?

  init(_ cluster: Cluster, _ configuration: ConsumerConfiguration, _ rebalanceProtocol: RebalanceProtocol) {
    self.cluster = cluster
    self.configuration = configuration
    self.rebalanceProtocol = rebalanceProtocol
  }

  /// Whether the topics have changed since the assignment.
  var isOutdated: Bool { assignedFrom.map { $0 != snapshot(assignableTopics) } ?? false }

  /// Ends this member's leadership; another member may lead from now on.
  func resign() { assignedFrom = nil }

  /// Calls `then` when the metadata of every wanted topic is there, or brokers were asked for it twice; at once if it is already there.
  func findTopics(of members: [SubscribedMember], _ then: @escaping () -> Void) {
    topics = members.flatMap(\.topics).withoutRepetitions.sorted()
    let areKnown = cluster.isBootstrapped && topics.allSatisfy(cluster.isFollowing)
    cluster.follow(topics)
    guard !areKnown else { return then() }
    // A response that is already under way may lack the new topics: in that case it takes two.
    cluster.afterNextChange { [weak self] in
      guard let self else { return }
      let areThere = topics.allSatisfy { self.cluster.metadata.topic($0) != nil }
      areThere ? then() : cluster.afterNextChange(then)
    }
  }

  /// The partitions of each member, in their order; nil if the group agreed on an assignor that does not exist here, or on one whose assignment
  /// cannot be carried out.
  ///
  /// - Parameter keepsAssignment: Whether no member gets anything new: a returning static member leads, and keeps the assignment (KIP-814).
  func assign(to members: [SubscribedMember], by assignor: String?, keepsAssignment: Bool) -> [(member: String, assignment: Bytes)]? {
    let topics = assignableTopics
    assignedFrom = snapshot(topics)
    guard !keepsAssignment else { return [] }
    guard let assignor = self.assignor(named: assignor) else { return nil }
    let assignment = assignor.assign(topics, to: members)
    requireEachOnce(assignment, of: topics, to: members, by: assignor)
    // No member may get a partition that another has not given up yet (`ConsumerCoordinator.validateCooperativeAssignment`). Kafka's own assignor is
    // not checked: it ensures that itself, and knows which claims do not count (KAFKA-13406).
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

  /// The part of topics that matters for comparisons: racks only if the leader has one itself (`ConsumerCoordinator.MetadataSnapshot`).
  private func snapshot(_ topics: [AssignableTopic]) -> [AssignableTopic] {
    configuration.clientRack.isEmpty ? topics.map { AssignableTopic($0.name, partitionCount: $0.partitionCount) } : topics
  }
}
