import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct ConfigurationAndFeatureTests {
  @Test func `A new cluster has its features and one min.insync.replicas`() {
    let cluster = TestCluster(brokers: nil)
    #expect(cluster.state.image.features == .bootstrap)
    #expect(cluster.state.image.features.hasEligibleLeaderReplicas)
    #expect(cluster.state.image.config(of: .clusterDefault)["min.insync.replicas"] == "1")
  }

  @Test func `Configurations are set and deleted`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1]])
    #expect(cluster.setConfig(.topic("t"), "retention.ms", "7") == .none)
    #expect(cluster.state.image.config(of: .topic("t"))["retention.ms"] == "7")
    #expect(cluster.setConfig(.topic("t"), "retention.ms", nil) == .none)
    #expect(cluster.state.image.config(of: .topic("t")).isEmpty)
    #expect(cluster.setConfig(.topic("nothing"), "retention.ms", "7") == .unknownTopicOrPartition)
  }

  @Test func `List settings grow and shrink by their members`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1]], configs: [("cleanup.policy", "delete")])
    func change(_ operation: Int8, _ value: String) {
      var config = IncrementalAlterConfigsRequest.AlterableConfig()
      (config.name, config.configOperation, config.value) = ("cleanup.policy", operation, value)
      var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
      (resource.resourceType, resource.resourceName, resource.configs) = (2, "t", [config])
      var request = IncrementalAlterConfigsRequest()
      request.resources = [resource]
      _ = cluster.apply(cluster.state.incrementalAlterConfigs(request))
    }
    change(2, "compact")
    #expect(cluster.state.image.config(of: .topic("t"))["cleanup.policy"] == "delete,compact")
    change(3, "delete")
    #expect(cluster.state.image.config(of: .topic("t"))["cleanup.policy"] == "compact")
  }

  @Test func `With ELR, min.insync.replicas is not a setting of a single broker`() {
    var cluster = TestCluster()
    #expect(cluster.setConfig(ConfigResource(.broker, "1"), "min.insync.replicas", "2") == .invalidConfig)
    #expect(cluster.setConfig(.clusterDefault, "min.insync.replicas", nil) == .invalidConfig)
    #expect(cluster.setConfig(.clusterDefault, "min.insync.replicas", "2") == .none)
    #expect(cluster.setConfig(.clusterDefault, "min.insync.replicas", "0") == .invalidConfig)
    #expect(cluster.state.effectiveMinInSyncReplicas(of: "t", replicas: 3) == 2)
    #expect(cluster.state.effectiveMinInSyncReplicas(of: "t", replicas: 1) == 1)
  }

  @Test func `Features are upgraded when every broker supports it and downgraded on request`() {
    var cluster = TestCluster(features: .withoutELR)
    #expect(cluster.setFeature("eligible.leader.replicas.version", 1) == .none)
    #expect(cluster.state.image.features.hasEligibleLeaderReplicas)
    #expect(cluster.state.image.config(of: .clusterDefault)["min.insync.replicas"] == "1")
    #expect(cluster.setFeature("transaction.version", 1) == .invalidUpdateVersion)
    #expect(cluster.setFeature("transaction.version", 1, upgradeType: 2) == .none)
    #expect(cluster.state.image.features.transactionVersion == 1)
    #expect(cluster.setFeature("transaction.version", 3) == .invalidUpdateVersion)
    #expect(cluster.setFeature("time.travel", 1) == .invalidUpdateVersion)
  }

  /// `MetadataVersion.checkIfMetadataChanged`: levels 23 and 30 brought metadata that lower ones do not know.
  @Test(arguments: [(30, 29, false), (29, 23, true), (29, 24, true), (29, 22, false), (23, 22, false), (22, 21, true)] as [(Int16, Int16, Bool)])
  func `The metadata version goes down only where no metadata can be lost`(from level: Int16, to lower: Int16, isAccepted: Bool) {
    for upgradeType: Int8 in [2, 3] {
      var levels = FeatureLevels.withoutELR
      levels[FeatureName.metadataVersion] = level
      var cluster = TestCluster(features: levels)
      #expect(cluster.setFeature("metadata.version", lower) == .invalidUpdateVersion, "it was not asked for")
      #expect(cluster.setFeature("metadata.version", lower, upgradeType: upgradeType) == (isAccepted ? .none : .invalidUpdateVersion))
      #expect(cluster.state.image.features.metadataVersion == (isAccepted ? lower : level))
      #expect(cluster.setFeature("metadata.version", 30) == .none)
      #expect(cluster.state.image.features.metadataVersion == 30)
    }
  }

  @Test func `An upgrade type that nobody knows is refused, and a downgrade to a higher level`() {
    var levels = FeatureLevels.bootstrap
    levels[FeatureName.transactionVersion] = 1
    var cluster = TestCluster(features: levels)
    for upgradeType: Int8 in [0, 4, -1] { #expect(cluster.setFeature("transaction.version", 2, upgradeType: upgradeType) == .invalidUpdateVersion) }
    #expect(cluster.setFeature("transaction.version", 2, upgradeType: 2) == .invalidUpdateVersion)
    #expect(cluster.setFeature("transaction.version", -1, upgradeType: 2) == .invalidUpdateVersion)
    #expect(cluster.setFeature("transaction.version", 2) == .none)
  }

  @Test func `ELR needs a metadata version, which may come with the same request`() {
    var levels = FeatureLevels.withoutELR
    levels[FeatureName.metadataVersion] = 22
    var cluster = TestCluster(features: levels)
    #expect(cluster.setFeature("eligible.leader.replicas.version", 1) == .invalidUpdateVersion)
    var request = UpdateFeaturesRequest()
    request.featureUpdates = [("eligible.leader.replicas.version", 1), ("metadata.version", 23)].map { name, level in
      UpdateFeaturesRequest.FeatureUpdateKey { ($0.feature, $0.maxVersionLevel, $0.upgradeType) = (name, level, 1) }
    }
    #expect(cluster.updateFeatures(request).errorCode == .none)
    #expect(cluster.state.image.features.hasEligibleLeaderReplicas && cluster.state.image.features.metadataVersion == 23)
  }

  @Test func `A feature is not raised above what another controller supports`() {
    var levels = FeatureLevels.bootstrap
    levels[FeatureName.transactionVersion] = 0
    var cluster = TestCluster(features: levels)
    cluster.apply([
      .registerController(
        RegisterControllerRecord { record in
          (record.controllerId, record.incarnationId) = (101, Uuid(high: 1, low: 1))
          record.features = [RegisterControllerRecord.ControllerFeature { ($0.name, $0.minSupportedVersion, $0.maxSupportedVersion) = ("transaction.version", 0, 1) }]
        })
    ])
    #expect(cluster.setFeature("transaction.version", 2) == .invalidUpdateVersion)
    #expect(cluster.setFeature("transaction.version", 1) == .none)
    // It does not name the feature at all.
    #expect(cluster.setFeature("group.version", 0, upgradeType: 2) == .none)
    #expect(cluster.setFeature("group.version", 1) == .invalidUpdateVersion)
  }

  @Test func `The quorum raises kraft.version where nothing speaks against it, and nobody lowers it`() {
    var cluster = TestCluster()
    let kraft = "kraft.version"
    #expect(cluster.setFeature(kraft, 1) == .invalidUpdateVersion && cluster.quorum.level == 0)
    cluster.quorum = QuorumFeature(level: 0)
    #expect(cluster.setFeature(kraft, 0) == .none && cluster.quorum.level == 0)
    #expect(cluster.setFeature(kraft, 2) == .invalidUpdateVersion)
    #expect(cluster.setFeature(kraft, 1, upgradeType: 2) == .invalidUpdateVersion && cluster.quorum.level == 0)
    var request = UpdateFeaturesRequest()
    request.featureUpdates = [(kraft, 1), ("transaction.version", 99)].map { name, level in
      UpdateFeaturesRequest.FeatureUpdateKey { ($0.feature, $0.maxVersionLevel, $0.upgradeType) = (name, level, 1) }
    }
    #expect(cluster.updateFeatures(request).errorCode == .invalidUpdateVersion && cluster.quorum.level == 0, "all or nothing")
    request.featureUpdates.removeLast()
    request.validateOnly = true
    #expect(cluster.updateFeatures(request).errorCode == .none && cluster.quorum.level == 0)
    let before = cluster.log.count
    #expect(cluster.setFeature(kraft, 1) == .none && cluster.quorum.level == 1)
    // The answer waits for a record of the metadata, which says nothing.
    #expect(cluster.log.count == before + 1 && !cluster.state.image.features.levels.keys.contains(kraft))
    for upgradeType: Int8 in [1, 2, 3] { #expect(cluster.setFeature(kraft, 0, upgradeType: upgradeType) == .invalidUpdateVersion && cluster.quorum.level == 1) }
    #expect(cluster.setFeature(kraft, 1) == .none)
  }

  @Test func `Producer ids are given in disjoint blocks`() {
    var cluster = TestCluster()
    func allocate(_ broker: Int32, epoch: Int64? = nil) -> AllocateProducerIdsResponse {
      var request = AllocateProducerIdsRequest()
      (request.brokerId, request.brokerEpoch) = (broker, epoch ?? cluster.epoch(of: broker))
      return cluster.apply(cluster.state.allocateProducerIDs(request))
    }
    #expect(allocate(1).producerIdStart == 0)
    let second = allocate(2)
    #expect(second.producerIdStart == 1000)
    #expect(second.producerIdLen == 1000)
    #expect(allocate(2, epoch: -1).errorCode == .staleBrokerEpoch)
  }

  @Test func `The last whole block of producer ids is given, and then no more`() {
    var cluster = TestCluster()
    var record = ProducerIdsRecord()
    record.nextProducerId = .max - 1000
    cluster.apply([.producerIds(record)])
    var request = AllocateProducerIdsRequest()
    (request.brokerId, request.brokerEpoch) = (1, cluster.epoch(of: 1))
    let last = cluster.apply(cluster.state.allocateProducerIDs(request))
    #expect(last.errorCode == .none && last.producerIdStart == .max - 1000 && cluster.state.image.nextProducerID == .max)
    let none = cluster.state.allocateProducerIDs(request)
    #expect(none.response.errorCode == .unknownServerError && none.records.isEmpty)
  }

  @Test func `If a feature is listed twice, the last update counts`() {
    var cluster = TestCluster()
    func update(_ updates: [(String, Int16, Int8)], version: Int16) -> UpdateFeaturesResponse {
      var request = UpdateFeaturesRequest()
      request.featureUpdates = updates.map { name, level, type in
        var update = UpdateFeaturesRequest.FeatureUpdateKey()
        (update.feature, update.maxVersionLevel, update.upgradeType) = (name, level, type)
        return update
      }
      return cluster.updateFeatures(request, version: version)
    }
    let transactions = "transaction.version"
    #expect(cluster.state.image.features.transactionVersion == 2)
    // By itself the first would be refused, and the second would go down to 0.
    #expect(update([(transactions, 99, 1), (transactions, 0, 2), (transactions, 1, 2)], version: 2).errorCode == .none)
    #expect(cluster.state.image.features.transactionVersion == 1)
    let refused = update([(transactions, 2, 1), ("group.version", 0, 2), (transactions, 99, 1)], version: 1)
    #expect(refused.results.map(\.feature) == [transactions, "group.version", transactions])
    #expect(refused.results.map(\.errorCode) == [.invalidUpdateVersion, .none, .invalidUpdateVersion])
    #expect(cluster.state.image.features.transactionVersion == 1, "all of them or none")
  }
}
