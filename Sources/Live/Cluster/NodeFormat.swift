import Controller
import Host
import Log
import Primitives
import Raft

/// Formats the directory of a node before its first life, as Kafka's `kafka-storage format` does: `meta.properties` with an id of the directory, and
/// `bootstrap.checkpoint` for a controller. A first voter of a dynamic quorum gets a snapshot with the voters as well.
struct NodeFormat {
  private let plan: NodePlan
  private let clusterID: String
  /// Of a new cluster.
  private let features: FeatureLevels
  private let firstVoters: VoterSet

  init(_ plan: NodePlan, clusterID: String, features: FeatureLevels = .bootstrap, firstVoters: VoterSet = []) {
    self.plan = plan
    self.clusterID = clusterID
    self.features = features
    self.firstVoters = firstVoters
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
      try host.write(BootstrapCheckpoint.fileName, BootstrapCheckpoint.content(features.records, at: host.wallClock))
    }
    var random = RandomStream.ofMachine()
    let files = ControllerDirectory.files(
      ofNode: id, clusterID: clusterID, directoryID: plan.directoryID ?? .random(&random), initialVoters: hasMetadata ? [] : firstVoters, at: host.wallClock)
    // meta.properties last: with it the directory is formatted.
    for (path, content) in files.reversed() { try host.write(path, content) }
  }

  /// Refuses metadata of static voters where the voters are to be found in the log: nobody would ever lead.
  static func refuseStaticVoters(on host: LiveHost) throws {
    guard try host.look({ (disk) throws(LogError) in try QuorumReplica.kraftVersion(onDisk: disk) }) == 0 else { return }
    throw LiveError.unusable(
      reason: "\(host.path(QuorumReplica.partition.description)) was written with kraft.version 0: leave kraft.version out of the "
        + "features, and raise it while the cluster runs: kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature kraft.version=1")
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
