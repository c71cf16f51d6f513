import Host
import Measurement
import Primitives
import Results
import Sim
import Wire
import Workloads

/// Puts into words what happens to groups and to transactions, with what an occurrence by itself does not say: which process a member is, what it owned, which transaction was
/// open and since when, why an epoch is over, and what a broker coordinated before it failed.
///
/// It asks the views as they were before the occurrence, so that they are told of it afterwards.
final class CoordinationTeller {
  /// Groups with more members tell what each of them gets as details.
  private static let mostMembers = 8
  /// Changes of owners of a group that are told; of a group that rebalances again and again the others are details.
  private static let mostChanges = 60
  /// Of a list in a line.
  private static let mostListed = 6

  /// A member as the process that it is.
  private struct Member {
    let process: ProcessNumber
    let name: String
  }

  private let world: World
  private let view: ClusterViewHolder
  private let recorder: HistoryRecorder
  /// Zero of the story's clock.
  var origin = Instant.zero
  var nodes: NodeTable?
  /// By the ids that coordinators know them by.
  private var members: [String: Member] = [:]
  /// By process, in ascending order. A process that is dead had them when it died.
  private var owned: [ProcessNumber: [TopicPartition]] = [:]
  /// By group: changes of owners that were told.
  private var changes: [String: Int] = [:]
  /// By group and member: when it was removed.
  private var removals: [String: Instant] = [:]
  /// Who coordinated a partition of an internal topic last.
  private var coordinators: [TopicPartition: NodeIndex] = [:]
  /// By group: the generations that were stable, and since when.
  private(set) var generations: [String: [(number: Int32, time: Instant)]] = [:]

  init(_ world: World, _ view: ClusterViewHolder, _ recorder: HistoryRecorder) {
    self.world = world
    self.view = view
    self.recorder = recorder
  }

  // MARK: Who is who

  /// A process says under which id it is a member.
  func identify(member id: String, as process: ProcessNumber) {
    guard !id.isEmpty, members[id]?.process != process, let name = recorder.history.member(process)?.name else { return }
    members[id] = Member(process: process, name: name)
  }

  /// A process got partitions, gave them up, or lost them. Returns who says what.
  func ownership(
    _ function: History.Operation.Function, _ numbers: [PartitionNumber], by process: ProcessNumber
  ) -> (who: String, what: String, weight: StoryLine.Weight)? {
    guard let member = recorder.history.member(process) else { return nil }
    let partitions = numbers.map { recorder.history.partitions[Int($0.number)] }.sorted(), former = owned[process] ?? []
    let rest = former.filter { !partitions.contains($0) }
    owned[process] = function == .gain ? (rest + partitions).sorted() : rest
    switch function {
    case .gain: return change(member, "is assigned \(list(partitions)) of group \(member.group)")
    case .giveUp: return (member.name, "gives up \(list(partitions)) of group \(member.group)", .detail)
    case .lose: return change(member, "loses \(list(partitions)) of group \(member.group), in which its membership is over")
    default: return nil
    }
  }

  private func change(_ member: History.Member, _ what: String) -> (who: String, what: String, weight: StoryLine.Weight) {
    guard let nodes, nodes.members(ofGroup: member.group).count <= Self.mostMembers else { return (member.name, what, .detail) }
    changes[member.group, default: 0] += 1
    let count = changes[member.group, default: 0]
    return (member.name, count == Self.mostChanges ? "\(what) (later changes of owners are details)" : what, count <= Self.mostChanges ? .event : .detail)
  }

  /// The process that was a member under an id; nil where none has said so.
  func process(ofMember id: String) -> ProcessNumber? { members[id]?.process }

  func words(ofMember id: String) -> String { members[id].map { "\($0.name) (member \(id))" } ?? "member \(id)" }

  // MARK: Occurrences

  /// nil where the occurrence says everything itself.
  func words(of occurrence: Occurrence, at index: NodeIndex) -> (text: String, weight: StoryLine.Weight)? {
    switch occurrence {
    case .memberLeft(let group, let id): ("removed \(words(ofMember: id)) from group \(group), as it asked\(belongings(ofMember: id))", .event)
    case .memberEvicted(let group, let id, let reason): ("removed \(words(ofMember: id)) from group \(group): \(reason.words)\(belongings(ofMember: id))", .event)
    case .memberFenced(let group, let id, let error): ("refused \(words(ofMember: id)): \(fencing(of: id, group, ErrorCode(rawValue: error)))", .event)
    case .offsetCommitted(let group, let partition, let offset):
      view.groups.committed(group, partition).flatMap { former in
        former > offset ? ("took the committed offset of group \(group), \(partition) back from \(former) to \(offset)", .event) : nil
      }
    case .groupsLoaded(let partition): takeover(of: partition, at: index, groups(in: partition).map(words(ofGroup:)))
    case .transactionsLoaded(let partition): takeover(of: partition, at: index, transactions(in: partition).compactMap { words(ofTransactionalID: $0) })
    case .producerFenced(let id, let producer, let epoch):
      ("refused producer \(producer), epoch \(epoch), of transactional id \(id)\(reason(ofFencing: id, TransactionsView.Producer(id: producer, epoch: epoch)))", .event)
    case .transactionTimedOut(let id, let producer, let epoch):
      ("aborts the transaction of transactional id \(id) after transaction.timeout.ms: producer \(producer), epoch \(epoch)\(openWords(id))", .event)
    default: nil
    }
  }

  /// To be told of each occurrence after it was put into words.
  func observe(_ occurrence: Occurrence, at index: NodeIndex) {
    switch occurrence {
    case .groupsLoaded(let partition), .transactionsLoaded(let partition): coordinators[partition] = index
    case .memberEvicted(let group, let id, _), .memberLeft(let group, let id): removals[key(group, id)] = world.now
    case .transactionChanged(let standing):
      guard let partition = view.cluster.partition(ofTransaction: standing.transactionalID), view.cluster[partition].leader == world.id(of: index) else { return }
      coordinators[partition] = index
    case .groupChanged(let standing):
      guard let partition = view.cluster.partition(ofGroup: standing.group), view.cluster[partition].leader == world.id(of: index) else { return }
      coordinators[partition] = index
      guard standing.isStable, generations[standing.group]?.last?.number != standing.generation else { return }
      generations[standing.group, default: []].append((standing.generation, world.now))
    default: break
    }
  }

  private func key(_ group: String, _ member: String) -> String { "\(group)\n\(member)" }

  private func fencing(of id: String, _ group: String, _ error: ErrorCode) -> String {
    let reason: String
    switch error {
    case .unknownMemberId: reason = "it is no member of group \(group)\(removals[key(group, id)].map { " any more, since \(seconds($0))" } ?? "")"
    case .fencedInstanceId: reason = "another process has taken its group.instance.id in group \(group)"
    default:
      let generation = view.groups[group].map { ", which is in generation \($0.standing.generation)" } ?? ""
      reason = "its generation of group \(group) is over\(generation)"
    }
    return "\(reason): \(error)"
  }

  private func reason(ofFencing id: String, _ refused: TransactionsView.Producer) -> String {
    guard let standing = view.transactions[id], let change = standing.epochChange else { return ": that epoch is over" }
    let current = standing.standing
    guard current.producerID != refused.id || current.producerEpoch > refused.epoch else { return ": that epoch is over" }
    let present = current.producerID == refused.id ? "epoch \(current.producerEpoch)" : "producer \(current.producerID), epoch \(current.producerEpoch),"
    let cause = switch change.cause {
    case .commit: "its transaction was committed"
    case .abort: "its transaction was aborted"
    case .timeout: "its transaction was aborted after transaction.timeout.ms"
    case .initialisation: "a producer asked for the id (InitProducerId)"
    }
    return ": \(present) is current since \(seconds(change.time)), when \(cause)"
  }

  // MARK: Coordinators

  private func groups(in partition: TopicPartition) -> [String] {
    nodes?.groups.map(\.name).filter { view.groups[$0] != nil && view.cluster.partition(ofGroup: $0) == partition } ?? []
  }

  private func transactions(in partition: TopicPartition) -> [String] {
    nodes?.transactions.filter { view.transactions[$0] != nil && view.cluster.partition(ofTransaction: $0) == partition } ?? []
  }

  /// Another broker coordinates from now on; nil where nobody did before, or nothing of the scenario's lies there.
  private func takeover(of partition: TopicPartition, at index: NodeIndex, _ what: [String]) -> (text: String, weight: StoryLine.Weight)? {
    guard let former = coordinators[partition], !what.isEmpty else { return nil }
    let whom = former == index ? "again" : "in place of \(world.name(of: former))"
    return ("coordinates \(partition) \(whom): \(limited(what))", .event)
  }

  private func words(ofGroup id: String) -> String {
    guard let standing = view.groups[id]?.standing else { return "group \(id)" }
    return "group \(id), \(standing.state) in generation \(standing.generation)"
  }

  private func words(ofTransactionalID id: String) -> String? {
    guard let standing = view.transactions[id] else { return nil }
    guard standing.openSince != nil else { return "transactional id \(id), no transaction open" }
    return "transactional id \(id), \(standing.standing.state) since \(seconds(standing.since))\(about(standing.standing))"
  }

  // MARK: What somebody leaves behind

  /// A node is killed, loses power or is paused. Returns what it leaves open; nil where that is nothing.
  func stopping(_ node: NodeIndex, _ how: String) -> String? {
    guard let nodes else { return nil }
    if nodes.brokers.contains(node) {
      let id = world.id(of: node)
      let groups = nodes.groups.map(\.name).filter { view.groups[$0] != nil && view.cluster.coordinator(ofGroup: $0) == id }
      let transactions = nodes.transactions.filter { view.transactions[$0] != nil && view.cluster.coordinator(ofTransaction: $0) == id }
      let what = groups.map(words(ofGroup:)) + transactions.compactMap { words(ofTransactionalID: $0) }
      return what.isEmpty ? nil : "\(how) as coordinator of \(limited(what))"
    }
    var what = openTransactions(of: node)
    if let process = recorder.history.members.last(where: { $0.name == world.name(of: node) && $0.role == .member })?.process, let partitions = owned[process],
      !partitions.isEmpty
    { what.append("\(list(partitions)) of group \(recorder.history.member(process)?.group ?? "")") }
    return what.isEmpty ? nil : "\(how) with \(limited(what))"
  }

  private func openTransactions(of node: NodeIndex) -> [String] {
    nodes?.transactionalIDs(of: node).filter { view.transactions.openSince($0) != nil }.compactMap { words(ofTransactionalID: $0) } ?? []
  }

  /// What a member had that is one no more.
  private func belongings(ofMember id: String) -> String {
    guard let member = members[id] else { return "" }
    var what = (owned[member.process].map { $0.isEmpty ? [] : [list($0)] } ?? [])
    if let node = nodes?.groups.lazy.flatMap(\.members).first(where: { [world] in world.name(of: $0) == member.name }) { what += openTransactions(of: node) }
    return what.isEmpty ? "" : "; it had \(limited(what))"
  }

  private func openWords(_ id: String) -> String {
    guard let standing = view.transactions[id], let since = standing.openSince else { return "" }
    return ", open since \(seconds(since))\(about(standing.standing))"
  }

  // MARK: Words

  private func about(_ standing: Occurrence.TransactionStanding) -> String { standing.partitions.isEmpty ? "" : " with \(list(standing.partitions.sorted()))" }

  private func list(_ partitions: [TopicPartition]) -> String { partitions.words(atMost: Self.mostListed) }

  private func limited(_ what: [String]) -> String {
    what.prefix(Self.mostListed).joined(separator: "; ") + (what.count > Self.mostListed ? "; and \(what.count - Self.mostListed) more" : "")
  }

  private func seconds(_ instant: Instant) -> String { "\(fixed((instant - origin).seconds, places: 3)) s" }
}

extension [TopicPartition] {
  /// `in-0, in-1 and in-2`; only the first few of a long list.
  func words(atMost limit: Int) -> String {
    guard count <= limit else { return prefix(limit).map(\.description).joined(separator: ", ") + " and \(count - limit) more" }
    guard let last, count > 1 else { return first?.description ?? "nothing" }
    return dropLast().map(\.description).joined(separator: ", ") + " and \(last)"
  }
}
