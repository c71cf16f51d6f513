import Controller
import Primitives
import Replication

extension ReplicaManager {
  /// Checks that what has changed in the metadata is what this broker's replicas go by, and clients are told of the brokers that there are.
  func requirePublished(_ news: MetadataDelta, in metadata: MetadataCache, of nodeID: NodeID) {
    let image = metadata.image
    for (id, change) in news.topics {
      for number in change.partitions.keys {
        guard let registration = image.topic(id)?[number] else { continue }
        let replica = partition(TopicIDPartition(id, number)), isAssigned = registration.replicas.contains(nodeID)
        mustHold(
          isAssigned == (replica != nil), "broker \(nodeID), \(change.name)-\(number): the metadata assigns it to \(registration.replicas), and there is \(replica == nil ? "no" : "a") replica")
        if let replica, replica.role != .offline { replica.requirePublished(registration, of: nodeID) }
      }
    }
    for topic in news.deletedTopics {
      for number in topic.partitions.indices {
        mustHold(partition(TopicIDPartition(topic.id, Int32(number))) == nil, "broker \(nodeID): topic \(topic.name) is deleted, and there is a replica of its partition \(number)")
      }
    }
    let alive = image.brokers.lazy.filter { !$0.isFenced && $0.address(ofListener: metadata.listenerName) != nil }
    mustHold(
      metadata.aliveBrokers.lazy.map(\.id).elementsEqual(alive.map(\.id)),
      "broker \(nodeID) tells clients of brokers \(metadata.aliveBrokers.map(\.id)), and by the metadata \(Array(alive.map(\.id))) are there")
  }
}

extension Partition {
  /// A leader may have heard of a newer partition epoch, from the controller itself.
  fileprivate func requirePublished(_ registration: PartitionRegistration, of nodeID: NodeID) {
    mustHold(
      partitionEpoch >= registration.partitionEpoch && leaderEpoch >= registration.leaderEpoch,
      "broker \(nodeID), \(topicPartition): it goes by leader epoch \(leaderEpoch) in partition epoch \(partitionEpoch), and the metadata says \(registration.leaderEpoch) in "
        + "\(registration.partitionEpoch)")
    guard partitionEpoch == registration.partitionEpoch else { return }
    mustHold(
      isLeader == (registration.leader == nodeID) && leaderID == registration.leader && replicas == registration.replicas && (!isLeader || isr == registration.isr),
      "broker \(nodeID), \(topicPartition): it takes broker \(leaderID) for the leader, \(replicas) for the replicas and \(isr) for the ISR, and by the metadata these are "
        + "\(registration.leader), \(registration.replicas) and \(registration.isr)")
  }
}
