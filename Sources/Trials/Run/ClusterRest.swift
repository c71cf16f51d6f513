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

  init(of played: PlayedScenario) {
    cluster = played.cluster
    nodes = played.nodes
    groups = played.groups
    transactions = played.transactions
  }

  /// What is still open at this moment, in words; nothing where the cluster is at rest.
  var problems: [String] {
    var problems: [String] = []
    for node in nodes.brokers + nodes.controllers where !cluster.world.isRunning(node) {
      problems.append("\(cluster.world.name(of: node)) does not run\(cluster.observer.lives.failure(of: node).map { ": \($0.reason)" } ?? "")")
    }
    if nodes.controllers.count > 1 { problems += problemsOfQuorum }
    for topic in cluster.scenario.topics {
      for partition in cluster.observer.view.cluster.partitions(of: topic.name) { problems += self.problems(of: partition) }
    }
    for (plan, (_, processes)) in zip(cluster.scenario.workload, nodes.clients) {
      for node in processes { problems += self.problems(of: node, plan) }
    }
    return problems + groups.problems + transactions.look()
  }

  /// An active controller, to whom every voter and every broker listens and whom they have caught up with.
  private var problemsOfQuorum: [String] {
    let active = nodes.controllers.first { (cluster.world.object(of: $0) as? ControllerNode)?.isActive == true }
    guard let active, let controller = cluster.world.object(of: active) as? ControllerNode else { return ["no controller is active"] }
    var problems: [String] = []
    for node in nodes.controllers where node != active {
      guard let voter = cluster.world.object(of: node) as? ControllerNode else { continue }
      if voter.quorumLeader != cluster.world.id(of: active) { problems.append("\(cluster.world.name(of: node)) does not follow \(cluster.world.name(of: active))") }
      // The active controller writes on; a voter that follows is behind by what is under way.
      if voter.metadataLogEndOffset < controller.image.lastOffset {
        problems.append("the metadata log of \(cluster.world.name(of: node)) ends at \(voter.metadataLogEndOffset), \(controller.image.lastOffset) is committed")
      }
    }
    for node in nodes.brokers where cluster.observer.view.cluster.fenced.contains(cluster.world.id(of: node)) {
      problems.append("\(cluster.world.name(of: node)) is fenced")
    }
    return problems
  }

  private func problems(of name: TopicPartition) -> [String] {
    guard let leader = cluster.leader(of: name), leader.isLeader else { return ["\(name) has no leader that knows it"] }
    var problems: [String] = []
    if leader.isr.count < leader.replicas.count { problems.append("the ISR of \(name) is \(leader.isr), not all of \(leader.replicas)") }
    if leader.highWatermark != leader.logEndOffset {
      problems.append("the high watermark of \(name) is \(leader.highWatermark), its log ends at \(leader.logEndOffset)")
    }
    if leader.lastStableOffset != leader.highWatermark {
      problems.append("the last stable offset of \(name) is \(leader.lastStableOffset), its high watermark \(leader.highWatermark)")
    }
    return problems
  }

  private func problems(of node: NodeIndex, _ plan: WorkloadPlan) -> [String] {
    guard let application = cluster.application(node) else { return [] }
    var problems: [String] = []
    if !application.isDone { problems.append("\(plan.name) still waits for answers") }
    // With acks=0 nobody hears whether a record has come, and the audit must not come before it.
    if plan.sendsUnacknowledged, cluster.world.hasRequestsUnderWay(from: node) { problems.append("what \(plan.name) sent is still under way") }
    if application.isWorking { problems.append("\(plan.name) still works on records") }
    if let lag = lag(of: application) { problems.append("\(plan.name) lags: \(lag)") }
    return problems
  }

  /// How far a client lags behind in what it reads; nil where it does not.
  private func lag(of application: any ClientApplication) -> String? {
    for name in application.partitions {
      guard cluster.observer.view.cluster.contains(name.topic), !application.isStopped, let leader = cluster.leader(of: name) else { continue }
      if let lag = application.lag(of: name, leader) { return lag }
    }
    return nil
  }
}

extension ClientApplication {
  /// How far this process lags behind a leader; nil where it does not.
  func lag(of name: TopicPartition, _ leader: Partition) -> String? {
    // Whoever reads committed records only is given nothing of a transaction that is open.
    let position = position(of: name), end = isolation == .readCommitted ? leader.lastStableOffset : leader.highWatermark
    guard position.map({ $0 < end }) ?? (end > leader.logStartOffset) else { return nil }
    return "\(name) at \(position.map(\.description) ?? "no offset") of \(end)"
  }
}
