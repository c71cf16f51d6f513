import Primitives
import Wire

/// What the cluster's metadata says about partitions that have no replica here. Implemented by the broker.
public protocol TopicDirectory: AnyObject {
  func topicID(ofTopic name: String) -> Uuid?
  func topicName(of id: Uuid) -> String?
  /// The leader of a partition and its epoch, or nil if the metadata does not contain the partition.
  func leader(of partition: TopicIDPartition) -> (id: NodeID, epoch: LeaderEpoch)?
  /// Where clients find a broker that was named as a leader (KIP-951); nil where they would not find it now.
  func endpoint(of broker: NodeID) -> FetchResponse.NodeEndpoint?
}
