import Broker
import Client
import Controller
import Primitives
import Replication
import Sim
import Workloads

/// Whether a cluster is at rest: every node runs, every ISR is full, everything is committed, answered and read, and no transaction is open.
struct ClusterRest {
  private let cluster: TrialCluster
  private let nodes: NodeTable
  private let groups: GroupWatch
  private let transactions: TransactionWatch
  private let chain: WaitChain

  init(of played: PlayedScenario) {
    cluster = played.cluster
    nodes = played.nodes
    groups = played.groups
    transactions = played.transactions
    chain = WaitChain(cluster: played.cluster, nodes: played.nodes)
  }

  /// What keeps the cluster from being at rest now, in words, each with what it waits for; empty if it is at rest.
  var problems: [String] {
    var problems: [String] = []
    look { problems.append($0()) }
    // It need not be answered for a cluster to be at rest.
    if !problems.isEmpty, let application = cluster.operatorApplication, let first = application.unanswered.first {
      problems.append(words("the operator has no answer to: \(first)", chain.client(cluster.operatorNode)))
    }
    return problems
  }

  /// Whether the cluster is at rest now. Cheaper than `problems`, as nothing is put into words.
  var isReached: Bool {
    var isReached = true
    look { _ in isReached = false }
    return isReached
  }

  /// Looks at everything, and tells each problem.
  ///
  /// - Parameter tell: gets what puts the problem into words.
  private func look(_ tell: (() -> String) -> Void) {
    for node in nodes.servers(first: \.brokers) where !cluster.world.isRunning(node) {
      tell { "\(cluster.world.name(of: node)) does not run\(cluster.observer.lives.failure(of: node).map { ": \($0.reason)" } ?? "")" }
    }
    if nodes.controllers.count > 1 { lookAtQuorum(tell) }
    for topic in cluster.scenario.topics {
      for partition in cluster.observer.view.cluster.partitions(of: topic.name) { look(at: partition, tell) }
    }
    for (plan, (_, processes)) in zip(cluster.scenario.workload, nodes.clients) {
      for node in processes { look(at: node, plan, tell) }
    }
    for problem in groups.problems { tell { words(problem.words, groups.cause(of: problem)) } }
    for transaction in transactions.look() { tell { words(transaction.words, transaction.id.flatMap(chain.transaction)) } }
  }

  /// An active controller, whom every voter follows and has caught up with, and no broker that is fenced or does not know what was decided.
  private func lookAtQuorum(_ tell: (() -> String) -> Void) {
    let world = cluster.world
    guard let active = chain.activeController, let controller = world.controller(at: active) else {
      return tell { chain.withoutActiveController ?? "no controller is active" }
    }
    let voters = controller.voters.map(\.id)
    if voters != cluster.observer.view.cluster.voters {
      let names = nodes.controllers.filter { voters.contains(world.id(of: $0)) }.map(world.name(of:)).joined(separator: ", ")
      tell { words("a change of the voters is pending: \(world.name(of: active)) goes by \(names), and that is not committed", chain.commitOfVoters(voters, by: active)) }
    }
    for node in nodes.controllers where node != active {
      guard let voter = world.controller(at: node) else { continue }
      if voter.quorumLeader != world.id(of: active) {
        tell { words("\(world.name(of: node)) does not follow \(world.name(of: active))", chain.voter(node, behind: active)) }
      }
      // The active controller writes on; a voter that follows is behind by what is under way.
      if voter.metadataLogEndOffset < controller.image.lastOffset {
        tell {
          words(
            "the metadata log of \(world.name(of: node)) ends at \(voter.metadataLogEndOffset), \(controller.image.lastOffset) is committed",
            chain.voter(node, behind: active))
        }
      }
    }
    for node in nodes.brokers {
      if controller.image.broker(world.id(of: node))?.isFenced != false { tell { words("\(world.name(of: node)) is fenced", chain.broker(node)) } }
      if let image = world.broker(at: node)?.metadataImage, !image.hasSameContent(as: controller.image) {
        tell { words("\(world.name(of: node)) is not level with the metadata", chain.broker(node)) }
      }
    }
  }

  private func look(at name: TopicPartition, _ tell: (() -> String) -> Void) {
    guard let leader = cluster.leader(of: name), leader.isLeader else { return tell { words("\(name) has no leader that knows it", chain.leader(of: name)) } }
    if leader.isr.count < leader.replicas.count { tell { words("the ISR of \(name) is \(leader.isr), not all of \(leader.replicas)", chain.isr(of: leader)) } }
    // As the controller knows it: a leader that completed it by its own proposal does not look at the record any more (`Partition.makeLeader`).
    if let registration = chain.activeController.flatMap({ cluster.world.controller(at: $0) })?.image.partition(leader.id), registration.isReassigning {
      tell {
        let target = registration.replicas.filter { !registration.removingReplicas.contains($0) }
        return words("the reassignment of \(name) to \(target) is not complete", chain.isr(of: leader))
      }
    }
    if leader.highWatermark != leader.logEndOffset {
      tell { words("the high watermark of \(name) is \(leader.highWatermark), its log ends at \(leader.logEndOffset)", chain.highWatermark(of: leader)) }
    }
    if leader.lastStableOffset != leader.highWatermark {
      tell {
        words("the last stable offset of \(name) is \(leader.lastStableOffset), its high watermark \(leader.highWatermark)", chain.firstTransaction(in: leader))
      }
    }
  }

  private func words(_ problem: String, _ cause: String?) -> String { cause.map { "\(problem): \($0)" } ?? problem }

  private func look(at node: NodeIndex, _ plan: WorkloadPlan, _ tell: (() -> String) -> Void) {
    guard let application = cluster.application(node) else { return }
    if !application.isDone { tell { words("\(plan.name) still waits for answers", chain.sender(node, application)) } }
    // With acks=0 nobody hears whether a record has come, and the audit must not come before it.
    if plan.sendsUnacknowledged, cluster.world.hasRequestsUnderWay(from: node) { tell { "what \(plan.name) sent is still under way" } }
    if application.isWorking { tell { "\(plan.name) still works on records" } }
    if let lag = lag(of: application) { tell { words("\(plan.name) lags: \(lag)", chain.reader(node, of: lag.partition)) } }
  }

  /// How far a client lags behind in what it reads; nil where it does not.
  private func lag(of application: any ClientApplication) -> ReadingLag? {
    for name in application.partitions {
      guard cluster.observer.view.cluster.contains(name.topic), !application.isStopped, let leader = cluster.leader(of: name) else { continue }
      if let lag = application.lag(of: name, leader) { return lag }
    }
    return nil
  }
}

/// How far a client lags behind in a partition.
struct ReadingLag: CustomStringConvertible {
  let partition: TopicPartition
  /// nil where it has none yet.
  let position: Offset?
  let end: Offset

  var description: String { "\(partition) at \(position.map(\.description) ?? "no offset") of \(end)" }
}

extension ClientApplication {
  /// How far this process lags behind a leader; nil where it does not.
  func lag(of name: TopicPartition, _ leader: Partition) -> ReadingLag? {
    // Whoever reads committed records only is given nothing of a transaction that is open.
    let position = position(of: name), end = isolation == .readCommitted ? leader.lastStableOffset : leader.highWatermark
    guard position.map({ $0 < end }) ?? (end > leader.logStartOffset) else { return nil }
    return ReadingLag(partition: name, position: position, end: end)
  }
}
