import Controller
import Host
import Log
import Primitives

/// The one directory in which a broker keeps its logs.
enum LogDirectory {
  /// Beside the replica of the metadata log, at the root of the node's disk.
  static let root = "kafka-logs"

  /// Opens all logs. An empty disk is formatted first; one of another cluster or node is refused.
  static func open(
    reactor: Reactor, clusterID: String, configuration: EffectiveConfiguration, metadata: MetadataCache
  ) throws(BrokerStartError) -> LogManager {
    let nodeID = configuration.fixed.nodeID
    do throws(LogError) {
      if !LogManager.isFormatted(root: root, disk: reactor.disk) {
        let properties = MetaProperties(clusterID: clusterID, nodeID: nodeID, directoryID: .random(&reactor.host.random))
        try LogManager.format(root: root, properties, reactor: reactor)
      }
      let manager = try LogManager(root: root, configuration: configuration.fixed.logManager, reactor: reactor)
      let found = manager.metaProperties
      guard found.clusterID == clusterID, found.nodeID == nodeID else {
        throw LogError.damaged(
          path: "\(root)/\(MetaProperties.fileName)",
          reason: "the disk is of node \(found.nodeID) in cluster \(found.clusterID), not of node \(nodeID) in \(clusterID)")
      }
      try manager.open { [unowned metadata] topic in configuration.logConfiguration(ofTopic: topic, in: metadata.image) }
      return manager
    } catch {
      throw BrokerStartError(description: error.description)
    }
  }

  /// Puts logs aside that the metadata does not assign to this broker: of topics deleted, and of replicas moved, while it was away.
  ///
  /// A log that does not know the id of its topic was lost to a crash right after it was made, or lost the file: it is taken for what
  /// its name says.
  static func putStraysAside(in manager: LogManager, of nodeID: NodeID, _ image: MetadataImage) throws(LogError) {
    let strays = manager.allLogs.filter { log in
      let registration = log.topicID == .zero
        ? image.partition(log.partition) : image.partition(TopicIDPartition(log.topicID, log.partition.partition))
      return registration?.replicas.contains(nodeID) != true
    }
    for log in strays { try manager.markStray(log.partition) }
  }
}

/// Why a broker cannot start.
struct BrokerStartError: Error, CustomStringConvertible {
  let description: String
}
