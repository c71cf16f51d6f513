import Controller
import Primitives
import Replication
import Wire

extension MetadataCache: TopicDirectory {
  func topicID(ofTopic name: String) -> Uuid? { image.topicID(named: name) }

  func topicName(of id: Uuid) -> String? { image.topic(id)?.name }

  func leader(of partition: TopicIDPartition) -> (id: NodeID, epoch: LeaderEpoch)? {
    image.partition(partition).map { ($0.leader, $0.leaderEpoch) }
  }

  func endpoint(of broker: NodeID) -> FetchResponse.NodeEndpoint? {
    aliveBroker(broker).map { broker in
      FetchResponse.NodeEndpoint {
        $0.nodeId = broker.id.value
        $0.host = broker.address.host
        $0.port = broker.address.port
        $0.rack = broker.rack
      }
    }
  }
}
