import Controller
import Primitives
import Replication

extension MetadataCache: TopicDirectory {
  func topicID(ofTopic name: String) -> Uuid? { image.topicID(named: name) }

  func topicName(of id: Uuid) -> String? { image.topic(id)?.name }

  func leader(of partition: TopicIDPartition) -> (id: NodeID, epoch: LeaderEpoch)? {
    image.partition(partition).map { ($0.leader, $0.leaderEpoch) }
  }
}
