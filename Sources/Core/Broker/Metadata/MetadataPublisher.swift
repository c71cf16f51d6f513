import Controller
import Host
import Log
import OrderedCollections
import Primitives
import Raft
import Replication
import Wire

/// Applies the committed metadata log to this broker's image, and brings the broker in line with the image (Kafka's `MetadataLoader` and
/// `BrokerMetadataPublisher`).
///
/// Nothing is published before `begin`: a broker that acted on old metadata would follow outdated leaders, and delete outdated partitions. From then
/// on every batch is published as it comes.
final class MetadataPublisher {
  private let reactor: Reactor
  private let metadata: MetadataCache
  private let configuration: EffectiveConfiguration
  private let changes: ReplicaChangeQueue
  private let replicaManager: ReplicaManager
  private let nodeID: NodeID
  /// Called when the settings of this broker may have changed.
  private let configurationChanged: (BrokerConfiguration) -> Void
  /// Called when topics, partitions or brokers have changed.
  private let topologyChanged: () -> Void
  private let topicsDeleted: ([String]) -> Void
  private var isPublishing = false
  private var delta = MetadataDelta(remembersChanges: false)
  /// Topics whose deletion is in the log, until `begin`: what is left of them on this broker's disk can be deleted.
  private(set) var deletedTopics: Set<Uuid> = []

  /// - Parameter topicsDeleted: Called with deleted topics, once their deletion is published.
  init(
    reactor: Reactor, metadata: MetadataCache, configuration: EffectiveConfiguration, replicaManager: ReplicaManager,
    configurationChanged: @escaping (BrokerConfiguration) -> Void,
    topologyChanged: @escaping () -> Void,
    topicsDeleted: @escaping ([String]) -> Void
  ) {
    self.reactor = reactor
    self.metadata = metadata
    self.configuration = configuration
    changes = ReplicaChangeQueue(reactor: reactor, replicaManager: replicaManager)
    self.replicaManager = replicaManager
    nodeID = configuration.fixed.nodeID
    self.topologyChanged = topologyChanged
    self.topicsDeleted = topicsDeleted
    self.configurationChanged = configurationChanged
  }

  /// The offset of the last applied record.
  var lastOffset: Offset { metadata.image.lastOffset }

  /// Applies one committed batch.
  func apply(_ batch: CommittedBatch) {
    metadata.update { image in
      for misfit in image.apply(batch, recording: &delta) {
        reactor.host.report(.note("broker \(nodeID) skips a metadata record before offset \(batch.lastOffset): \(misfit)"))
      }
    }
    if isPublishing { publishChanges() } else { rememberDeletions() }
  }

  private func rememberDeletions() {
    guard !delta.removedTopics.isEmpty else { return }
    deletedTopics.formUnion(delta.removedTopics)
    delta = MetadataDelta(remembersChanges: false)
  }

  /// Takes a whole image in the place of the one there is. What differs is published as if records had changed it (`MetadataDelta.finishSnapshot`).
  func load(_ image: MetadataImage) {
    guard isPublishing else {
      mark(.snapshotLoadedWhileServing)
      deletedTopics.formUnion(metadata.image.topics.keys.filter { image.topic($0) == nil })
      return metadata.update { $0 = image }
    }
    delta = MetadataDelta(from: metadata.image, to: image)
    metadata.update { $0 = image }
    publishChanges()
  }

  // MARK: Publication

  /// Brings the broker in line with the whole image. Call it when the broker has caught up with the log. `completion` runs when it is done.
  func begin(_ completion: @escaping () -> Void) {
    isPublishing = true
    deletedTopics = []
    delta = MetadataDelta()
    metadata.brokersChanged()
    topologyChanged()
    updateBrokerConfiguration()
    changes.add(ReplicaChangeQueue.Change(states: allStates()[...], brokers: clusterBrokers(), completion: completion))
  }

  private func publishChanges() {
    guard !delta.isEmpty else { return }
    let news = delta
    delta = MetadataDelta()
    if !news.brokers.isEmpty { metadata.brokersChanged() }
    if !news.brokers.isEmpty || !news.topics.isEmpty || !news.deletedTopics.isEmpty { topologyChanged() }
    let isForAllTopics = news.configs.contains(.clusterDefault) || news.configs.contains(configuration.ownResource)
    if isForAllTopics { updateBrokerConfiguration() }
    let states = isForAllTopics ? allStates() : changedStates(in: news)
    let change = ReplicaChangeQueue.Change(
      states: states[...], deleted: removedReplicas(in: news)[...], brokers: news.brokers.isEmpty ? nil : clusterBrokers())
    if !change.isEmpty { changes.add(change) }
    if !news.deletedTopics.isEmpty { topicsDeleted(news.deletedTopics.map(\.name)) }
    if changes.isIdle, !replicaManager.isEnding { replicaManager.requirePublished(news, in: metadata, of: nodeID) }
  }

  private func clusterBrokers() -> [ClusterBroker] {
    metadata.image.brokers.compactMap { broker in
      broker.address(ofListener: metadata.listenerName).map { address in
        ClusterBroker(
          id: broker.id, epoch: broker.epoch, address: address, rack: broker.rack, isFenced: broker.isFenced,
          isInControlledShutdown: broker.inControlledShutdown)
      }
    }
  }

  private func updateBrokerConfiguration() {
    for error in configuration.update(from: metadata.image) {
      reactor.host.report(.note("broker \(nodeID) cannot apply a dynamic setting: \(error)"))
    }
    configurationChanged(configuration.current)
  }

  // MARK: Replicas of this broker

  private func allStates() -> [PartitionState] {
    var states: [PartitionState] = []
    for topic in metadata.image.topics.values { addStates(of: topic, topic.partitions.indices, to: &states) }
    return states
  }

  /// The states of partitions that changed, and of all partitions of topics whose settings changed.
  private func changedStates(in changes: MetadataDelta) -> [PartitionState] {
    var states: [PartitionState] = []
    for (id, change) in changes.topics {
      guard let topic = metadata.image.topic(id), !changes.configs.contains(.topic(topic.name)) else { continue }
      addStates(of: topic, change.partitions.keys.map { Int($0) }, to: &states)
    }
    for resource in changes.configs where resource.kind == .topic {
      guard let topic = metadata.image.topic(named: resource.name) else { continue }
      addStates(of: topic, topic.partitions.indices, to: &states)
    }
    return states
  }

  private func addStates(of topic: TopicImage, _ partitions: some Sequence<Int>, to states: inout [PartitionState]) {
    // Made once for a topic, and only if it has a replica here.
    var log: LogConfiguration?
    for index in partitions {
      let partition = topic.partitions[index]
      guard partition.replicas.contains(nodeID) else { continue }
      let configuration = log ?? configuration.logConfiguration(ofTopic: topic.name, in: metadata.image)
      log = configuration
      states.append(PartitionState(
        topic: topic.name, topicID: topic.id, partition: Int32(index), leader: partition.leader, leaderEpoch: partition.leaderEpoch,
        partitionEpoch: partition.partitionEpoch, replicas: partition.replicas, isr: partition.isr,
        addingReplicas: partition.addingReplicas, removingReplicas: partition.removingReplicas,
        isRecovering: partition.leaderRecoveryState == .recovering, configuration: configuration))
    }
  }

  /// Replicas of deleted topics, and those that were moved to other brokers.
  private func removedReplicas(in changes: MetadataDelta) -> [TopicIDPartition] {
    var removed: [TopicIDPartition] = []
    for topic in changes.deletedTopics {
      for (index, partition) in topic.partitions.enumerated() where partition.replicas.contains(nodeID) {
        removed.append(TopicIDPartition(topic.id, Int32(index)))
      }
    }
    for (id, change) in changes.topics {
      for (index, before) in change.partitions where before?.replicas.contains(nodeID) == true {
        let partition = TopicIDPartition(id, index)
        if metadata.image.partition(partition)?.replicas.contains(nodeID) != true { removed.append(partition) }
      }
    }
    return removed
  }
}
