import Host
import Primitives

extension Cluster {
  /// Checks what must hold between two events.
  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(olderMetadata == nil, "client: a response took it back to an older leader epoch of \(olderMetadata.map { "\($0)" } ?? "nothing")")
  }
}

extension ClusterMetadata {
  /// The first partition of which an older leader epoch is known than before (KIP-320); nil if there is none.
  ///
  /// - Parameter usesTopicIDs: as in `update`.
  func partition(olderThan former: ClusterMetadata, usesTopicIDs: Bool) -> TopicPartition? {
    for topic in topics {
      guard let known = former.topic(topic.name), !usesTopicIDs || known.id == topic.id else { continue }
      for (number, pair) in zip(known.partitions, topic.partitions).enumerated() where pair.1.leaderEpoch < pair.0.leaderEpoch {
        return TopicPartition(topic.name, Int32(number))
      }
    }
    return nil
  }
}
