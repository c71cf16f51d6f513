import Primitives
import Testing
import Wire

@testable import Client

@Suite struct ClusterMetadataTests {
  private func metadata(epoch: Int32, id: Uuid = Uuid(high: 1, low: 2)) -> ClusterMetadata {
    var partition = MetadataResponse.MetadataResponsePartition()
    (partition.partitionIndex, partition.leaderId, partition.leaderEpoch) = (0, 1, epoch)
    var topic = MetadataResponse.MetadataResponseTopic()
    (topic.name, topic.topicId, topic.partitions) = ("t", id, [partition])
    var response = MetadataResponse()
    response.topics = [topic]
    var metadata = ClusterMetadata()
    _ = metadata.update(with: response)
    return metadata
  }

  @Test func `A leader epoch that goes back is found, and that of another topic with the name is not`() {
    let known = metadata(epoch: 5)
    #expect(metadata(epoch: 4).partition(olderThan: known, usesTopicIDs: true) == TopicPartition("t", 0))
    #expect(metadata(epoch: 5).partition(olderThan: known, usesTopicIDs: true) == nil)
    let other = metadata(epoch: 0, id: Uuid(high: 3, low: 4))
    #expect(other.partition(olderThan: known, usesTopicIDs: true) == nil)
    #expect(other.partition(olderThan: known, usesTopicIDs: false) == TopicPartition("t", 0), "a client without ids takes it for the same topic")
    #expect(ClusterMetadata().partition(olderThan: known, usesTopicIDs: true) == nil)
  }
}
