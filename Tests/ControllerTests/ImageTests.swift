import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct ImageTests {
  @Test func `Replaying the log gives the same image`() throws {
    var cluster = TestCluster()
    var log: [MetadataRecord] = []
    func add(_ records: [MetadataRecord]) { log += records }
    var image = cluster.state.image
    cluster.createTopic("a", [[1, 2], [2, 3]])
    cluster.createTopic("b", [[3, 1]], configs: [("retention.ms", "9")])
    add(cluster.state.fence(cluster.state.image.broker(1)!))
    try cluster.state.apply(log)
    // What was decided is encoded, read back and applied to a second image that has the same past.
    var replayed = TestCluster()
    replayed.createTopic("a", [[1, 2], [2, 3]])
    replayed.createTopic("b", [[3, 1]], configs: [("retention.ms", "9")])
    image = replayed.state.image
    var delta = MetadataDelta()
    for record in log { try image.apply(MetadataRecord(decoding: record.encoded()), recording: &delta) }
    #expect(image == cluster.state.image)
    #expect(delta.brokers.keys == [1])
    #expect(delta.topics.count == 2)
  }

  @Test func `A delta remembers the state before the first of several changes`() throws {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    var image = cluster.state.image
    var delta = MetadataDelta()
    var change = PartitionChangeRecord()
    (change.topicId, change.partitionId) = (image.topicID(named: "t")!, 0)
    for leader: Int32 in [2, 3] {
      change.leader = leader
      try image.apply(.partitionChange(change), recording: &delta)
    }
    let before = delta.topics.values[0].partitions[0]!!
    #expect(before.leader == 1)
    #expect(image.topic(named: "t")![0]!.leader == 3)
    #expect(image.topic(named: "t")![0]!.leaderEpoch == 2)
    #expect(image.topic(named: "t")![0]!.partitionEpoch == 2)
  }

  @Test func `A delta that remembers no changes knows deleted topics all the same, and the image is the same`() throws {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("retention.ms", "9")])
    cluster.createTopic("u", [[1, 2, 3]])
    let id = try #require(cluster.state.image.topicID(named: "t"))
    cluster.apply([.removeTopic(RemoveTopicRecord { $0.topicId = id })])
    var image = MetadataImage(clusterID: "test"), other = image
    var delta = MetadataDelta(), none = MetadataDelta(remembersChanges: false)
    let misfits = image.apply(cluster.log, recording: &delta) + other.apply(cluster.log, recording: &none)
    #expect(misfits.isEmpty && image == other && !delta.isEmpty && none.isEmpty)
    // The topic came and went within the delta.
    #expect(delta.deletedTopics.isEmpty && delta.removedTopics == [id] && none.removedTopics == [id])
  }

  @Test func `A change of a partition at its last epoch is refused`() throws {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    var delta = MetadataDelta()
    var last = PartitionRecord()
    (last.topicId, last.partitionId) = (cluster.state.image.topicID(named: "t")!, 0)
    (last.replicas, last.isr, last.leader) = ([1, 2, 3], [1, 2, 3], 1)
    (last.leaderEpoch, last.partitionEpoch) = (.max, .max)
    try cluster.state.image.apply(.partition(last), recording: &delta)
    #expect(cluster.state.fence(cluster.state.image.broker(1)!).count == 2)
    var change = PartitionChangeRecord()
    (change.topicId, change.partitionId, change.leader) = (last.topicId, 0, 2)
    #expect(throws: MetadataInconsistency.self) { try cluster.state.image.apply(.partitionChange(change), recording: &delta) }
  }

  @Test func `A topic that is created and deleted within a delta leaves no trace`() throws {
    var image = MetadataImage(clusterID: "test")
    var delta = MetadataDelta()
    var topic = TopicRecord()
    (topic.name, topic.topicId) = ("t", Uuid(high: 1, low: 1))
    var partition = PartitionRecord()
    (partition.topicId, partition.partitionId, partition.replicas, partition.isr, partition.leader) = (topic.topicId, 0, [1], [1], 1)
    var removal = RemoveTopicRecord()
    removal.topicId = topic.topicId
    try image.apply(.topic(topic), recording: &delta)
    try image.apply(.partition(partition), recording: &delta)
    #expect(delta.topics.values[0].wasThere == false)
    try image.apply(.removeTopic(removal), recording: &delta)
    #expect(delta.isEmpty)
    #expect(image == MetadataImage(clusterID: "test"))
  }

  @Test func `A deleted topic is remembered as it was before the delta`() throws {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    let before = cluster.state.image.topic(named: "t")!
    var image = cluster.state.image
    var delta = MetadataDelta()
    var change = PartitionChangeRecord()
    (change.topicId, change.partitionId, change.leader) = (before.id, 0, 2)
    try image.apply(.partitionChange(change), recording: &delta)
    var removal = RemoveTopicRecord()
    removal.topicId = before.id
    try image.apply(.removeTopic(removal), recording: &delta)
    #expect(delta.deletedTopics == [before])
    #expect(delta.topics.isEmpty)
  }

  @Test func `Inconsistent records are refused`() throws {
    var image = MetadataImage(clusterID: "test")
    var delta = MetadataDelta()
    var change = PartitionChangeRecord()
    change.topicId = Uuid(high: 1, low: 1)
    #expect(throws: MetadataInconsistency.self) { try image.apply(.partitionChange(change), recording: &delta) }
    var fence = FenceBrokerRecord()
    fence.id = 1
    #expect(throws: MetadataInconsistency.self) { try image.apply(.fenceBroker(fence), recording: &delta) }
  }

  @Test func `Images do not share anything that one of them changes`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    let before = cluster.state.image
    cluster.fence(1)
    #expect(before.topic(named: "t")![0]!.leader == 1)
    #expect(cluster.partition().leader == 2)
  }
}
