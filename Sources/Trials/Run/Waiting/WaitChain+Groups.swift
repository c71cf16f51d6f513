import Broker
import Coordination
import Groups
import Host
import Primitives
import Replication
import Sim
import Wire

// Coordinators and groups.

extension WaitChain {
  /// What members ask their coordinator.
  private static let apisOfMembers: [ApiKey] = [
    .findCoordinator, .joinGroup, .syncGroup, .heartbeat, .consumerGroupHeartbeat, .leaveGroup, .offsetFetch, .offsetCommit, .apiVersions,
  ]

  /// Why a group is not at rest: its coordinator does not work, or waits for members.
  func group(_ id: String) -> String? {
    following("group \(id)") { chain in
      guard let partition = cluster.observer.view.cluster.partition(ofGroup: id) else { return "\(TopicName.consumerOffsets) is not created, which is to hold group \(id)" }
      if let cause = coordinator(of: partition) { return cause }
      // Members are answered when what was decided is committed: while something keeps it from that, they are not what is missing.
      if cluster.leader(of: partition).flatMap(highWatermark) != nil, let cause = commit(of: partition) { return cause }
      guard let (node, broker) = leaderProcess(of: partition), let wait = broker.wait(ofGroup: id) else { return commit(of: partition) }
      return chain.words(of: wait, of: id, node)
    }
  }

  /// The broker that leads a partition and knows it.
  func leaderProcess(of partition: TopicPartition) -> (node: NodeIndex, broker: BrokerNode)? {
    guard let node = nodes.broker(cluster.observer.view.cluster.leader(of: partition)), let broker = world.broker(at: node) else { return nil }
    return (node, broker)
  }

  /// Why nobody coordinates what is in a partition of a coordinators' topic.
  func coordinator(of partition: TopicPartition) -> String? {
    guard let replica = cluster.leader(of: partition), replica.isLeader, let (node, broker) = leaderProcess(of: partition) else {
      return join("its coordinator's partition \(partition) has no leader that knows it", leader(of: partition))
    }
    switch standing(of: partition, at: broker) {
    case .absent: return "\(name(node)) leads \(partition), and coordinates nothing in it"
    case .failed: return "\(name(node)) could not load \(partition)"
    case .loading(let offset, let since):
      return join("\(name(node)) loads \(partition) since \(time(since)), and is at offset \(offset) of \(replica.logEndOffset)", diskFault(of: node))
    case .uncommitted, .settled: return nil
    }
  }

  private func standing(of partition: TopicPartition, at broker: BrokerNode) -> CoordinatorStanding {
    partition.topic == TopicName.transactionState ? broker.standing(ofTransactionsIn: partition.partition) : broker.standing(ofGroupsIn: partition.partition)
  }

  /// Why what a coordinator has decided is not committed.
  func commit(of partition: TopicPartition) -> String? {
    guard let (node, broker) = leaderProcess(of: partition), case .uncommitted(let offset, let end) = standing(of: partition, at: broker) else { return nil }
    return join(
      "what \(name(node)) has written to \(partition) up to offset \(end) is committed up to \(offset)", cluster.leader(of: partition).flatMap(highWatermark))
  }

  // MARK: Members

  private func words(of wait: GroupWait, of group: String, _ coordinator: NodeIndex) -> String? {
    let subject = "its coordinator, \(name(coordinator)), "
    switch wait {
    case .furtherMembers(let until): return subject + "gives further members time to join\(end(until))"
    case .joins(let members, let until): return join(subject + "waits for \(list(members)) to join\(end(until))", whyNot(members, of: group))
    case .syncs(let members, let leader, let until):
      guard let leader, members.contains(leader) else { return join(subject + "waits for \(list(members)) to ask for the assignment\(end(until))", whyNot(members, of: group)) }
      return join(subject + "waits for the assignment of \(words(ofMember: leader)), which leads the group\(end(until))", whyNot([leader], of: group))
    case .revocation(let member, let partitions, let until):
      let names = partitions.prefix(Self.mostListed).map(words(of:)).joined(separator: ", ") + (partitions.count > Self.mostListed ? " and more" : "")
      return join("\(words(ofMember: member)) has not given up \(names)\(end(until))", whyNot([member], of: group))
    case .heartbeat(let member, let epoch, let target):
      return join("\(words(ofMember: member)) has not sent the heartbeat that takes it from epoch \(epoch) to \(target)", whyNot([member], of: group))
    case .assignment(let epoch, let target): return subject + "has assigned nothing for epoch \(epoch) yet, only for \(target)"
    }
  }

  private static let mostListed = 3

  private func list(_ members: [String]) -> String {
    members.prefix(Self.mostListed).map(words(ofMember:)).joined(separator: ", ") + (members.count > Self.mostListed ? " and \(members.count - Self.mostListed) more" : "")
  }

  private func words(ofMember id: String) -> String { cluster.observer.coordination.words(ofMember: id) }

  private func words(of partition: TopicIDPartition) -> String { "\(image?.topic(partition.topic)?.name ?? "\(partition.topic)")-\(partition.partition)" }

  /// Why members do not do what their coordinator waits for.
  private func whyNot(_ members: [String], of group: String) -> String? {
    members.lazy.compactMap { id in
      if let node = nodes.members(ofGroup: group).first(where: { isMember($0, id) }) { return member(node) }
      return cluster.observer.coordination.process(ofMember: id).map { _ in "the process that was \(words(ofMember: id)) has ended" }
    }.first
  }

  private func isMember(_ node: NodeIndex, _ id: String) -> Bool {
    cluster.application(node)?.member.map { $0 == cluster.observer.coordination.process(ofMember: id) } ?? false
  }

  /// Why a member does not get on with its group.
  func member(_ node: NodeIndex) -> String? {
    client(node, Self.apisOfMembers) ?? (cluster.application(node)?.isWorking == true ? "\(name(node)) works on records" : nil)
  }
}
