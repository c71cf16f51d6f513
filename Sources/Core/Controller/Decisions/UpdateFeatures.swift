import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Raises or lowers finalized feature levels (KIP-584), all of them or none. If a feature occurs again the last update counts, and its result is
  /// reported each time (`QuorumController.updateFeatures`).
  public func updateFeatures(_ request: UpdateFeaturesRequest, version: Int16) -> MetadataDecision<UpdateFeaturesResponse> {
    var response = UpdateFeaturesResponse()
    var records: [MetadataRecord] = []
    var refused: Refusal?
    // Only for lookups.
    var refusals: [String: Refusal] = [:]
    for update in lastUpdates(of: request) {
      do throws(Refusal) {
        records += try updateFeature(update, version: version)
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
    return MetadataDecision(request.validateOnly ? [] : records, response)
  }

  /// In the order of the request.
  private func lastUpdates(of request: UpdateFeaturesRequest) -> [UpdateFeaturesRequest.FeatureUpdateKey] {
    var seen: Set<String> = []
    return request.featureUpdates.reversed().filter { seen.insert($0.feature).inserted }.reversed()
  }

  private func updateFeature(_ update: UpdateFeaturesRequest.FeatureUpdateKey, version: Int16) throws(Refusal) -> [MetadataRecord] {
    let name = update.feature, level = update.maxVersionLevel, present = image.features[name]
    func refuse(_ why: String) -> Refusal { Refusal(.invalidUpdateVersion, "invalid update version \(level) for feature \(name): \(why)") }
    guard let supported = FeatureLevels.supportedLevels(of: name) else { throw refuse("this controller does not know the feature") }
    guard level >= 0, supported.contains(level) || level == 0 && name != FeatureName.metadataVersion else {
      throw refuse("this controller supports \(supported.lowerBound) to \(supported.upperBound)")
    }
    guard name != FeatureName.kraftVersion else {
      // The quorum keeps this level, and it never changes: a cluster is formatted with it.
      let present: Int16 = configuration.quorum.isDynamic ? 1 : 0
      if level == present { return [] }
      throw refuse(present == 0 ? "the voters of this quorum are static" : "the voters of this quorum stand in its log, and there is no way back")
    }
    let mayGoDown = version == 0 ? update.allowDowngrade : update.upgradeType == 2 || update.upgradeType == 3
    if level < present, !mayGoDown { throw refuse("cannot downgrade from \(present) without saying so") }
    if level > present, mayGoDown { throw refuse("a downgrade to \(level) is no downgrade from \(present)") }
    if name == FeatureName.metadataVersion, level < present, update.upgradeType != 3 {
      throw refuse("a downgrade of the metadata version may lose metadata and must be asked for as unsafe")
    }
    for broker in image.brokers where level > 0 {
      guard let offered = broker.features.first(where: { $0.name == name }) else { throw refuse("broker \(broker.id) does not support this feature") }
      guard offered.levels.contains(level) else {
        throw refuse("broker \(broker.id) only supports versions \(offered.levels.lowerBound)-\(offered.levels.upperBound)")
      }
    }
    guard level != present else { return [] }
    var record = FeatureLevelRecord()
    record.name = name
    record.featureLevel = level
    var records: [MetadataRecord] = [.featureLevel(record)]
    if name == FeatureName.eligibleLeaderReplicasVersion, level > 0 { records += eligibleLeaderReplicasSafety() }
    return records
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
