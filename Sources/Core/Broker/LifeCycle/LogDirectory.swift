import Controller
import Host
import Log
import Primitives

/// The only directory for a broker's logs.
enum LogDirectory {
  /// Opens the directory, and none of its logs yet. An empty disk is formatted first; a disk of another cluster or node is refused.
  static func open(reactor: Reactor, clusterID: String, configuration: BrokerConfiguration) throws(BrokerStartError) -> LogManager {
    let nodeID = configuration.nodeID, root = configuration.logDirectory
    do throws(LogError) {
      if !LogManager.isFormatted(root: root, disk: reactor.disk) {
        let properties = MetaProperties(clusterID: clusterID, nodeID: nodeID, directoryID: .random(&reactor.host.random))
        try LogManager.format(root: root, properties, reactor: reactor)
      }
      let manager = try LogManager(root: root, configuration: configuration.logManager, reactor: reactor)
      try manager.metaProperties.check(clusterID: clusterID, nodeID: nodeID, path: manager.metaPropertiesPath)
      return manager
    } catch {
      throw BrokerStartError(error, on: reactor.disk)
    }
  }

  /// Opens all logs, once the metadata tells how their topics are configured (`BrokerMetadataPublisher.initializeManagers`).
  static func openLogs(in manager: LogManager, reactor: Reactor, configuration: EffectiveConfiguration, metadata: MetadataCache) throws(BrokerStartError) {
    do throws(LogError) {
      try manager.open { [unowned metadata] topic in configuration.logConfiguration(ofTopic: topic, in: metadata.image) }
    } catch {
      throw BrokerStartError(error, on: reactor.disk)
    }
  }

  /// Deletes logs of topics whose deletion is in the metadata log, and sets aside others that the metadata does not assign to this broker: replicas
  /// that were moved while it was away, and unexplained ones (`LogManager.isStrayKraftReplica`). Kafka keeps all of them as strays.
  ///
  /// A log without a topic id was left by a crash right after its creation, or lost the file: its directory's name decides. A log with the id of a
  /// topic of another name stays where it is: its file is wrong, and its partition offline.
  static func clearStrays(
    in manager: LogManager, of nodeID: NodeID, _ image: MetadataImage, deletedTopics: Set<Uuid>
  ) throws(LogError) {
    for log in Array(manager.allLogs) {
      if deletedTopics.contains(log.topicID) {
        mark(.logOfDeletedTopicFound)
        mustHold(image.topic(log.topicID) == nil, "broker \(nodeID) deletes its log of \(log.partition), and the metadata has topic \(log.topicID)")
        try manager.delete(log.partition, topicID: log.topicID)
      } else if let reason = reasonAgainst(log, of: nodeID, image) {
        mustHold(
          image.partition(TopicIDPartition(log.topicID, log.partition.partition))?.replicas.contains(nodeID) != true,
          "broker \(nodeID) sets its log of \(log.partition) aside, and the metadata assigns it to this broker")
        try manager.markStray(log.partition, because: reason)
      }
    }
    manager.deleteStrays { deletedTopics.contains($0) }
  }

  private static func reasonAgainst(_ log: PartitionLog, of nodeID: NodeID, _ image: MetadataImage) -> String? {
    if log.topicID == .zero {
      return image.partition(log.partition)?.replicas.contains(nodeID) == true
        ? nil : "it has no topic id, and the metadata assigns no partition with its name to this broker"
    }
    guard let partition = image.partition(TopicIDPartition(log.topicID, log.partition.partition)) else {
      return isReserved(log.topicID) ? nil : "the metadata has no topic id \(log.topicID)"
    }
    if image.topic(log.topicID)?.name != log.partition.topic { return nil }
    return partition.replicas.contains(nodeID) ? nil : "the metadata assigns it to brokers \(partition.replicas.map(\.description).joined(separator: ", "))"
  }

  /// No topic can have the metadata log's id: a directory with this id is damaged and does not belong to a deleted topic.
  private static func isReserved(_ id: Uuid) -> Bool { id == .metadataTopic }
}

/// Why a broker cannot start.
struct BrokerStartError: Error, CustomStringConvertible {
  let description: String

  init(_ error: LogError, on disk: any Disk) { description = error.below(disk.location).description }
}
