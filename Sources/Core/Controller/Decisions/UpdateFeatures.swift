import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Raises or lowers finalized feature levels (KIP-584), all of them or none. If a feature occurs again the last update counts, and its result is
  /// reported each time (`QuorumController.updateFeatures`).
  ///
  /// Kafka raises kraft.version even where an update behind it in the same request is refused.
  ///
  /// - Parameter quorum: what the quorum says of kraft.version, which it keeps itself. Gets the level that it is to be raised to, before the records are written.
  public func updateFeatures(_ request: UpdateFeaturesRequest, version: Int16, quorum: inout QuorumFeature) -> MetadataDecision<UpdateFeaturesResponse> {
    var response = UpdateFeaturesResponse()
    var records: [MetadataRecord] = []
    var refused: Refusal?
    // Only for lookups.
    var refusals: [String: Refusal] = [:]
    let updates = lastUpdates(of: request)
    var proposed = image.features
    // Names that nobody knows are refused below, and there may be many of them.
    for update in updates where FeatureLevels.supportedLevels(of: update.feature) != nil { proposed[update.feature] = update.maxVersionLevel }
    for update in updates {
      do throws(Refusal) {
        records += try updateFeature(update, with: proposed, version: version, quorum)
      } catch {
        refusals[update.feature] = error
        refused = refused ?? error
      }
    }
    response.results = request.featureUpdates.map { update in
      var result = UpdateFeaturesResponse.UpdatableFeatureResult()
      result.feature = update.feature
      if let refusal = refusals[update.feature] { (result.errorCode, result.errorMessage) = (refusal.code, refusal.message) }
      return result
    }
    if let refused {
      // From version 2 on, one error covers the whole request.
      if version >= 2 {
        response.errorCode = refused.code
        response.errorMessage = refused.message
        response.results = []
      }
      return MetadataDecision([], response)
    }
    guard !request.validateOnly else { return MetadataDecision([], response) }
    if let update = updates.first(where: { $0.feature == FeatureName.kraftVersion }) { quorum.level = update.maxVersionLevel }
    return MetadataDecision(records, response)
  }

  /// In the order of the request.
  private func lastUpdates(of request: UpdateFeaturesRequest) -> [UpdateFeaturesRequest.FeatureUpdateKey] {
    var seen: Set<String> = []
    return request.featureUpdates.reversed().filter { seen.insert($0.feature).inserted }.reversed()
  }

  /// Which way an update is meant to go.
  private enum Direction { case up, down }

  private func updateFeature(
    _ update: UpdateFeaturesRequest.FeatureUpdateKey, with proposed: FeatureLevels, version: Int16, _ quorum: QuorumFeature
  ) throws(Refusal) -> [MetadataRecord] {
    let name = update.feature, level = update.maxVersionLevel, present = name == FeatureName.kraftVersion ? quorum.level : image.features[name]
    func refuse(_ why: String) -> Refusal { Refusal(.invalidUpdateVersion, "invalid update version \(level) for feature \(name): \(why)") }
    guard let direction = direction(of: update, version: version) else { throw refuse("the controller does not know the upgrade type \(update.upgradeType)") }
    guard level >= 0 else { throw refuse("a level cannot be less than 0") }
    guard let supported = FeatureLevels.supportedLevels(of: name) else { throw refuse("this controller does not know the feature") }
    guard supported.contains(level) else { throw refuse("this controller supports \(supported.lowerBound) to \(supported.upperBound)") }
    if let reason = reasonNotSupported(name, level) { throw refuse(reason) }
    if level < present, direction == .up { throw refuse("cannot downgrade from \(present) without saying so") }
    if level > present, direction == .down { throw refuse("a downgrade to \(level) is no downgrade from \(present)") }
    guard name != FeatureName.kraftVersion else {
      if level < present { throw refuse("the voters of this quorum stand in its log, and there is no way back") }
      if level > present, let objection = quorum.objectionToUpgrade { throw refuse(objection) }
      // The answer waits for this record, and so for what the quorum wrote before it.
      return direction == .up ? [.noOp(NoOpRecord())] : []
    }
    if name == FeatureName.metadataVersion, level < present, FeatureLevels.losesMetadata(from: present, downTo: level) {
      // An unsafe downgrade, which would drop that metadata, is refused by Kafka as well (KAFKA-13896).
      throw refuse("the metadata may hold what came with a version above \(level), and a downgrade would lose it")
    }
    if let needed = FeatureLevels.dependency(of: name, at: level), proposed[needed.name] < needed.level {
      throw refuse("it depends on \(needed.name) level \(needed.level)")
    }
    guard level != present else { return [] }
    var record = FeatureLevelRecord()
    record.name = name
    record.featureLevel = level
    var records: [MetadataRecord] = [.featureLevel(record)]
    if name == FeatureName.eligibleLeaderReplicasVersion, level > 0 { records += eligibleLeaderReplicasSafety() }
    return records
  }

  /// Nil if it is none that this controller knows. Version 0 had a mark for downgrades alone.
  private func direction(of update: UpdateFeaturesRequest.FeatureUpdateKey, version: Int16) -> Direction? {
    if version == 0 { return update.allowDowngrade ? .down : .up }
    switch update.upgradeType {
    case 1: return .up
    case 2, 3: return .down
    default: return nil
    }
  }

  /// Why a registered node cannot be at a level of a feature; nil if all can (`FeatureControlManager.reasonNotSupported`). A node that does not name a feature
  /// has it at level 0.
  ///
  /// Kafka also refuses where a voter has not registered. Here a controller registers when it becomes active, so one that never was is taken to be as this one.
  private func reasonNotSupported(_ name: String, _ level: Int16) -> String? {
    let brokers = image.brokers.map { ("broker \($0.id)", $0.features) }
    let controllers = image.controllers.filter { $0.id != configuration.nodeID }.map { ("controller \($0.id)", $0.features) }
    for (node, features) in brokers + controllers {
      let offered = features.first { $0.name == name }?.levels ?? 0...0
      if offered.contains(level) { continue }
      return offered.upperBound == 0
        ? "\(node) does not support this feature" : "\(node) only supports versions \(offered.lowerBound)-\(offered.upperBound)"
    }
    return nil
  }

  /// ELR needs a single `min.insync.replicas` that the controller knows: the cluster's, not one for each broker (KIP-966).
  func eligibleLeaderReplicasSafety() -> [MetadataRecord] {
    var records: [MetadataRecord] = []
    if image.config(of: .clusterDefault)[ConfigName.minInSyncReplicas] == nil {
      records.append(.config(ConfigRecord(.clusterDefault, ConfigName.minInSyncReplicas, String(configuration.minInSyncReplicas))))
    }
    for (resource, configs) in image.configs
    where resource.kind == .broker && !resource.name.isEmpty && configs[ConfigName.minInSyncReplicas] != nil {
      records.append(.config(ConfigRecord(resource, ConfigName.minInSyncReplicas, nil)))
    }
    return records
  }

  /// The records that the first active controller of a fresh cluster writes.
  public func bootstrap() -> [MetadataRecord] {
    var records = configuration.bootstrapFeatures.records
    if configuration.bootstrapFeatures.hasEligibleLeaderReplicas { records += eligibleLeaderReplicasSafety() }
    return records
  }
}

/// The level of kraft.version, which no record of the metadata holds.
public struct QuorumFeature: Equatable, Sendable {
  public var level: Int16
  /// Why it cannot be raised now; nil where it can.
  public let objectionToUpgrade: String?

  public init(level: Int16, objectionToUpgrade: String? = nil) {
    self.level = level
    self.objectionToUpgrade = objectionToUpgrade
  }
}

extension FeatureLevels {
  /// The records that finalize these levels.
  public var records: [MetadataRecord] {
    levels.map { name, level in
      var record = FeatureLevelRecord()
      record.name = name
      record.featureLevel = level
      return .featureLevel(record)
    }
  }
}
