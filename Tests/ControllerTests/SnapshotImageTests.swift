import Primitives
import Testing
import Wire

@testable import Controller

/// Images as records and back, and what is different between two of them.
@Suite struct SnapshotImageTests {
  /// An image made of what would stand in a snapshot.
  private func read(_ image: MetadataImage) throws -> MetadataImage {
    var copy = MetadataImage(clusterID: image.clusterID)
    var delta = MetadataDelta()
    for record in image.records { try copy.apply(MetadataRecord(decoding: record.encoded()), recording: &delta) }
    copy.advance(to: image.lastOffset, epoch: image.lastEpoch)
    return copy
  }

  /// What a replica does that follows records.
  private func apply(_ records: some Sequence<MetadataRecord>, to image: inout MetadataImage) throws -> MetadataDelta {
    var delta = MetadataDelta()
    for record in records { try image.apply(record, recording: &delta) }
    return delta
  }

  @Test(arguments: 1...30) func `A snapshot at any moment and the tail behind it make the image of the whole log`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "snapshot image")
    var cluster = TestCluster(brokers: 1...4, features: seed.isMultiple(of: 3) ? .withoutELR : .bootstrap, racks: [1: "a", 3: ""])
    cluster.createTopic("t", [[1, 2, 3], [2, 3, 4], [4, 1, 2]], configs: [("min.insync.replicas", "2"), ("retention.ms", "7")])
    var snapshots: [(length: Int, image: MetadataImage)] = []
    for step in 0..<200 {
      _ = RandomHistory.change(&cluster, &random)
      changeOthers(&cluster, &random, step)
      if step.isMultiple(of: 20) { snapshots.append((cluster.log.count, try read(cluster.state.image))) }
    }
    #expect(try read(cluster.state.image) == cluster.state.image)
    var whole = MetadataImage(clusterID: "test")
    _ = try apply(cluster.log, to: &whole)
    #expect(whole == cluster.state.image)
    for (length, image) in snapshots {
      var image = image
      _ = try apply(cluster.log[length...], to: &image)
      #expect(image == cluster.state.image, "seed \(seed), from record \(length)")
    }
  }

  private func changeOthers(_ cluster: inout TestCluster, _ random: inout RandomStream, _ step: Int) {
    switch random.below(8) {
    case 0 where cluster.state.image.isActive(1) && cluster.state.image.isActive(2):
      cluster.createTopic("other-\(step)", [[1, 2], [2, 1]], configs: [("cleanup.policy", "compact")])
    case 1:
      let others = cluster.state.image.topics.values.filter { $0.name != "t" }
      guard !others.isEmpty else { return }
      var record = RemoveTopicRecord()
      record.topicId = random.pick(Array(others)).id
      cluster.apply([.removeTopic(record)])
    case 2: _ = cluster.setConfig(random.chance(1, in: 2) ? .clusterDefault : .topic("t"), "retention.bytes", random.chance(1, in: 3) ? nil : "\(step)")
    case 3:
      var request = AllocateProducerIdsRequest()
      (request.brokerId, request.brokerEpoch) = (1, cluster.epoch(of: 1))
      _ = cluster.apply(cluster.state.allocateProducerIDs(request))
    case 4:
      var request = ControllerRegistrationRequest()
      (request.controllerId, request.incarnationId) = (100 + Int32(random.below(3)), Uuid(high: 9, low: UInt64(step)))
      _ = cluster.apply(cluster.state.registerController(request))
    default: break
    }
  }

  @Test func `Records come in Kafka's order, the version first`() throws {
    var cluster = TestCluster()
    cluster.createTopic("b", [[1, 2]], configs: [("retention.ms", "9")])
    cluster.createTopic("a", [[2, 3], [3, 1]])
    var request = AllocateProducerIdsRequest()
    (request.brokerId, request.brokerEpoch) = (1, cluster.epoch(of: 1))
    _ = cluster.apply(cluster.state.allocateProducerIDs(request))
    let records = Array(cluster.state.image.records)
    guard case .featureLevel(let version) = records[0] else { throw Unexpected() }
    #expect(version.name == "metadata.version" && version.featureLevel == 30)
    #expect(records.map { type(of: $0.content).recordType } == [12, 12, 12, 12, 0, 0, 0, 2, 3, 2, 3, 3, 4, 4, 15])
    guard case .topic(let first) = records[7] else { throw Unexpected() }
    #expect(first.name == "b")
    #expect(Array(MetadataImage(clusterID: "test").records).isEmpty)
  }

  private struct Unexpected: Error {}

  @Test func `A topic without partitions is written as well`() throws {
    var image = MetadataImage(clusterID: "test")
    var topic = TopicRecord()
    for number: UInt64 in 1...3 {
      (topic.name, topic.topicId) = ("t\(number)", Uuid(high: 1, low: number))
      _ = try apply([.topic(topic)], to: &image)
    }
    #expect(try read(image) == image && image.topics.count == 3)
  }

  @Test func `Records of what nothing here acts by stay in snapshots until they are taken back`() throws {
    var cluster = TestCluster()
    var quota = ClientQuotaRecord()
    var user = ClientQuotaRecord.EntityData()
    (user.entityType, user.entityName) = ("user", nil)
    (quota.entity, quota.key, quota.value) = ([user], "producer_byte_rate", 100)
    var access = AccessControlEntryRecord(), credential = UserScramCredentialRecord(), token = DelegationTokenRecord(), config = ConfigRecord()
    (access.id, access.principal) = (Uuid(high: 1, low: 2), "User:a")
    (credential.name, credential.mechanism, credential.iterations) = ("a", 1, 4096)
    token.tokenId = "token"
    (config.resourceType, config.resourceName, config.name, config.value) = (99, "x", "k", "v")
    cluster.apply([.clientQuota(quota), .accessControlEntry(access), .userScramCredential(credential), .delegationToken(token), .config(config)])
    quota.value = 200
    cluster.apply([.clientQuota(quota)])
    let own = Array(cluster.state.image.config(of: .clusterDefault)).count
    let kept = Array(cluster.state.image.records.filter { [4, 14, 18, 11, 10].contains(type(of: $0.content).recordType) }.dropFirst(own))
    #expect(kept == [.config(config), .clientQuota(quota), .accessControlEntry(access), .userScramCredential(credential), .delegationToken(token)])
    #expect(try read(cluster.state.image) == cluster.state.image)

    var removedAccess = RemoveAccessControlEntryRecord(), removedCredential = RemoveUserScramCredentialRecord(), removedToken = RemoveDelegationTokenRecord()
    (quota.remove, removedAccess.id, removedToken.tokenId) = (true, access.id, "token")
    (removedCredential.name, removedCredential.mechanism) = ("a", 1)
    config.value = nil
    cluster.apply([
      .clientQuota(quota), .removeAccessControlEntry(removedAccess), .removeUserScramCredential(removedCredential), .removeDelegationToken(removedToken),
      .config(config),
    ])
    #expect(cluster.state.image.passedOver.isEmpty)
  }

  // MARK: Differences

  /// What differs between two images is what records on the way from one to the other have changed, as far as it did not change back.
  @Test(arguments: 1...20) func `The difference of two images is what the records between them came to`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "difference")
    var cluster = TestCluster(brokers: 1...4)
    cluster.createTopic("t", [[1, 2, 3], [2, 3, 4], [4, 1, 2]], configs: [("min.insync.replicas", "2")])
    for round in 0..<20 {
      let former = cluster.state.image, length = cluster.log.count
      for step in 0..<8 {
        _ = RandomHistory.change(&cluster, &random)
        changeOthers(&cluster, &random, 1_000 * (round + 1) + step)
      }
      let image = cluster.state.image
      var followed = former
      let told = try apply(cluster.log[length...], to: &followed), found = MetadataDelta(from: former, to: image)
      #expect(found.deletedTopics.map(\.id).sorted() == told.deletedTopics.map(\.id).sorted())
      for (topic, change) in found.topics {
        #expect(told.topics[topic]?.wasThere == change.wasThere && told.topics[topic]?.partitionCount == change.partitionCount)
        for (partition, before) in change.partitions { #expect(told.topics[topic]?.partitions[partition] == .some(before)) }
      }
      for (broker, before) in found.brokers { #expect(told.brokers[broker] == .some(before)) }
      #expect(found.configs.allSatisfy(told.configs.contains))
      // The other way round, only what changed back is missing.
      for (topic, change) in told.topics {
        for (partition, before) in change.partitions where image.topic(topic)?[partition] != before {
          #expect(found.topics[topic]?.partitions[partition] == .some(before))
        }
      }
      for (broker, before) in told.brokers where image.broker(broker) != before { #expect(found.brokers[broker] == .some(before)) }
      for resource in told.configs where image.config(of: resource) != former.config(of: resource) { #expect(found.configs.contains(resource)) }
    }
  }

  @Test func `Features that came, went and changed are told with their levels before`() throws {
    var former = MetadataImage(clusterID: "test"), image = MetadataImage(clusterID: "test")
    former.features = FeatureLevels(["a": 1, "b": 2, "c": 3])
    image.features = FeatureLevels(["a": 1, "b": 3, "d": 1])
    #expect(MetadataDelta(from: former, to: image).features == ["b": 2, "c": 3, "d": 0])
    #expect(MetadataDelta(from: image, to: image).isEmpty)
  }
}
