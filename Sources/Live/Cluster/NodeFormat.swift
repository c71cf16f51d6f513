import Controller
import Host
import Log
import Primitives
import Raft

/// Formats the directory of a node before its first life, as Kafka's `kafka-storage format` does: `meta.properties` with an id of the directory, and
/// `bootstrap.checkpoint` for a controller.
struct NodeFormat {
  private let plan: NodePlan
  private let clusterID: String

  init(_ plan: NodePlan, clusterID: String) {
    self.plan = plan
    self.clusterID = clusterID
  }

  /// Writes what is missing, and refuses a directory of another node or cluster. A broker whose logs are apart has `meta.properties` with them, and formats
  /// that directory by itself.
  func apply(to host: LiveHost) throws {
    guard plan.directory == .kafka else { return }
    let clusterID = clusterID, id = plan.id
    let isNew = try host.look { (disk) throws(LogError) in
      try LogManager.check(root: "", disk: disk, clusterID: clusterID, nodeID: id)
      return !LogManager.isFormatted(root: "", disk: disk)
    }
    guard isNew else { return }
    let hasMetadata = try host.look { (disk) throws(LogError) in disk.exists(QuorumReplica.partition.description) }
    if plan.controller != nil, !hasMetadata {
      try host.write(BootstrapCheckpoint.fileName, BootstrapCheckpoint.content(FeatureLevels.bootstrap.records, at: host.wallClock))
    }
    var random = RandomStream.ofMachine()
    // Last: with it the directory is formatted.
    try host.write(MetaProperties.fileName, MetaProperties(clusterID: clusterID, nodeID: id, directoryID: .random(&random)).content)
  }

  /// The features with which the cluster begins if it is new; nil where the directory does not say. Refuses those that this build does not have.
  func bootstrapFeatures(on host: LiveHost) throws -> FeatureLevels? {
    guard plan.controller != nil else { return nil }
    guard let records = try host.look({ (disk) throws(LogError) in try BootstrapCheckpoint.records(onDisk: disk) }) else { return nil }
    var levels = FeatureLevels()
    for case .featureLevel(let record) in records {
      guard FeatureLevels.supportedLevels(of: record.name)?.contains(record.featureLevel) == true else {
        throw LiveError.unusable(
          reason: "\(host.path(BootstrapCheckpoint.fileName)): the cluster is to begin with \(record.name) \(record.featureLevel), which this build does not have; "
            + "format the directory with another --release-version, or empty it to have it formatted here")
      }
      levels[record.name] = record.featureLevel
    }
    return levels.metadataVersion == 0 ? nil : levels
  }
}
