import Primitives
import Replication
import Sim

/// The first phase: controllers and brokers start, topics are created, every ISR is full, and every partition is led by its first replica.
struct SettingUp {
  private static let bound = Duration.seconds(120)

  private let cluster: TrialCluster
  private let partitions: [TopicPartition]
  /// The index of the first partition that was not at rest yet.
  private var busyPartition = 0
  private var looked: Instant
  private var hasElected = false

  init(of cluster: TrialCluster) {
    self.cluster = cluster
    partitions = cluster.scenario.topics.flatMap { topic in (0..<Int32(topic.partitionCount)).map { TopicPartition(topic.name, $0) } }
    looked = cluster.world.now
  }

  /// Returns nil if the cluster does not come up within two minutes.
  mutating func run() -> ReadyCluster? {
    let world = cluster.world
    for node in cluster.nodes.servers(first: \.controllers) { world.start(node) }
    world.start(cluster.operatorNode)
    world.after(.milliseconds(1)) { [unowned world, node = cluster.operatorNode, topics = cluster.scenario.settings.topics] in
      (world.object(of: node) as? OperatorApplication)?.create(topics)
    }
    looked = world.now
    guard world.runUntil(.zero + Self.bound, { isReady() }) else { return nil }
    return ReadyCluster(cluster, replicas: replicas)
  }

  /// Checked after every event.
  private mutating func isReady() -> Bool {
    let now = cluster.world.now
    // A leader may learn of its full ISR after the last occurrence, so check again after some time as well.
    guard cluster.observer.isChanged || now - looked >= .milliseconds(100) else { return false }
    looked = now
    guard cluster.operatorApplication?.hasCreatedAll == true, areAllAtRest() else { return false }
    let others = ledByOthers
    if !hasElected { cluster.operatorApplication?.electPreferredLeaders(of: others) }
    hasElected = true
    return others.isEmpty
  }

  /// Whether every partition of the scenario has a leader that knows it leads, and a full ISR.
  ///
  /// Checked after most events: it starts with the partition that was not at rest at the last check.
  private mutating func areAllAtRest() -> Bool {
    cluster.observer.clearChange()
    for step in partitions.indices {
      let index = (busyPartition + step) % partitions.count
      guard isAtRest(partitions[index]) else {
        busyPartition = index
        return false
      }
    }
    return true
  }

  private func isAtRest(_ name: TopicPartition) -> Bool {
    guard let leader = cluster.leader(of: name), leader.isLeader else { return false }
    return leader.isr.count == leader.replicas.count
  }

  /// Partitions that were created before their preferred leader was there. Schedules rely on the preferred leader.
  private var ledByOthers: [TopicPartition] {
    partitions.filter { name in
      let leader = cluster.observer.view.cluster[name].leader
      return cluster.partition(name, at: leader).map { $0.replicas.first != leader } ?? true
    }
  }

  /// The replicas of each partition, as the controller placed them.
  private var replicas: [TopicPartition: [NodeID]] {
    Dictionary(uniqueKeysWithValues: partitions.map { ($0, cluster.leader(of: $0)?.replicas ?? []) })
  }
}

/// A cluster that is up. The scenario's clock starts.
struct ReadyCluster {
  let cluster: TrialCluster
  /// The origin of the scenario's clock.
  let origin: Instant
  /// The nodes with the replicas of each partition.
  let nodes: NodeTable

  fileprivate init(_ cluster: TrialCluster, replicas: [TopicPartition: [NodeID]]) {
    self.cluster = cluster
    origin = cluster.world.now
    cluster.observer.origin = origin
    var nodes = cluster.nodes
    nodes.assignments = replicas
    self.nodes = nodes
  }
}
