import OrderedCollections
import Raft

/// The names of the feature levels of a cluster.
public enum FeatureName {
  public static let metadataVersion = "metadata.version"
  public static let kraftVersion = KRaftVersion.featureName
  public static let transactionVersion = "transaction.version"
  public static let groupVersion = "group.version"
  public static let eligibleLeaderReplicasVersion = "eligible.leader.replicas.version"
  public static let shareVersion = "share.version"
  public static let streamsVersion = "streams.version"
}

/// The finalized level of each feature; a feature that is not finalized is at level 0.
public struct FeatureLevels: Equatable, Sendable {
  public private(set) var levels: OrderedDictionary<String, Int16> = [:]

  public init(_ levels: OrderedDictionary<String, Int16> = [:]) {
    self.levels = levels
    self.levels.sort { $0.key < $1.key }
  }

  /// A level; setting 0 removes the feature, as the metadata log does. The names stay in order.
  public subscript(name: String) -> Int16 {
    get { levels[name] ?? 0 }
    set {
      if newValue == 0 {
        levels.removeValue(forKey: name)
      } else if levels.updateValue(newValue, forKey: name) == nil {
        levels.sort { $0.key < $1.key }
      }
    }
  }

  /// With the level that the quorum keeps, as clients are told.
  public func with(kraftVersion: Int16) -> FeatureLevels {
    guard kraftVersion > 0 else { return self }
    var levels = self
    levels[FeatureName.kraftVersion] = kraftVersion
    return levels
  }

  public var metadataVersion: Int16 { self[FeatureName.metadataVersion] }
  public var transactionVersion: Int16 { self[FeatureName.transactionVersion] }
  public var groupVersion: Int16 { self[FeatureName.groupVersion] }
  /// KIP-966 part 1.
  public var hasEligibleLeaderReplicas: Bool { self[FeatureName.eligibleLeaderReplicasVersion] >= 1 }

  /// The features of a cluster formatted by 4.3 (`kraft.version` is not a record of the metadata log: the quorum keeps it).
  public static let bootstrap = FeatureLevels([
    FeatureName.metadataVersion: 30,
    FeatureName.eligibleLeaderReplicasVersion: 1,
    FeatureName.groupVersion: 1,
    FeatureName.transactionVersion: 2,
  ])

  /// The levels that this implementation supports. 21 is 3.9-IV0, the oldest metadata.version from which a 4.x cluster can be upgraded in one step
  /// with everything that this controller writes.
  public static let supported: [SupportedFeature] = [
    SupportedFeature(name: FeatureName.eligibleLeaderReplicasVersion, levels: 0...1),
    SupportedFeature(name: FeatureName.groupVersion, levels: 0...1),
    SupportedFeature(name: FeatureName.kraftVersion, levels: KRaftVersion.supported),
    SupportedFeature(name: FeatureName.metadataVersion, levels: 21...30),
    SupportedFeature(name: FeatureName.transactionVersion, levels: 0...2),
  ]

  /// The levels of `metadata.version` that changed what is in metadata records, among those that are supported (`MetadataVersion.didMetadataChange`).
  private static let metadataVersionsWithNewMetadata: [Int16] = [23, 30]

  /// Whether a cluster that goes from one `metadata.version` down to another may hold metadata that the lower one does not know.
  static func losesMetadata(from level: Int16, downTo lower: Int16) -> Bool { metadataVersionsWithNewMetadata.contains { lower < $0 && $0 <= level } }

  /// What a level of a feature needs of another one; nil if nothing (`FeatureVersion.dependencies`).
  static func dependency(of name: String, at level: Int16) -> (name: String, level: Int16)? {
    name == FeatureName.eligibleLeaderReplicasVersion && level >= 1 ? (FeatureName.metadataVersion, 23) : nil
  }

  public static func supportedLevels(of name: String) -> ClosedRange<Int16>? { supported.first { $0.name == name }?.levels }
}
