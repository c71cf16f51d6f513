import Host
import Primitives
import Testing
import Workloads

@testable import Client
@testable import Trials

/// What changes between two looks at the metadata of a cluster.
@Suite struct ClusterPictureTests {
  var picture = ClusterPicture()

  static func cluster(_ brokers: NodeID...) -> ClusterDescription {
    ClusterDescription(
      clusterID: "c", controller: nil, brokers: brokers.map { BrokerDescription(endpoint: BrokerEndpoint(id: $0, address: Address(host: "h", port: 1), rack: nil), isFenced: false) })
  }

  static func topic(leader: NodeID?, epoch: Int32, isr: NodeID...) -> TopicDescription {
    let partition = PartitionDescription(
      number: 0, leader: leader, leaderEpoch: LeaderEpoch(epoch), replicas: [1, 2], isr: isr, eligibleLeaderReplicas: nil, lastKnownEligibleLeaderReplicas: nil, offlineReplicas: [])
    return TopicDescription(name: "t", id: .zero, isInternal: false, partitions: [partition])
  }

  @Test mutating func `Brokers that go and come back are seen, and their addresses are kept`() {
    #expect(picture.update(with: Self.cluster(1, 2)) == [])
    #expect(picture.update(with: Self.cluster(2)).map(\.sighting) == [.brokerFenced])
    #expect(picture.brokers == [1, 2] && picture.present == [2])
    #expect(picture.update(with: Self.cluster(1, 2)).map(\.sighting) == [.brokerUnfenced])
    #expect(picture.fencings == [1: 1] && picture.unfencings == [1: 1])
  }

  @Test mutating func `Changes of leaders and in-sync replicas are seen`() {
    _ = picture.update(with: Self.cluster(1, 2))
    #expect(picture.update(with: Self.topic(leader: 1, epoch: 0, isr: 1, 2)) == [])
    #expect(picture.isInSync)
    #expect(picture.update(with: Self.topic(leader: nil, epoch: 1, isr: 1)).map(\.sighting) == [.offlinePartition, .isrShrink])
    #expect(!picture.isInSync)
    #expect(picture.update(with: Self.topic(leader: 2, epoch: 2, isr: 1, 2)).map(\.sighting) == [.leaderChange, .isrExpand])
    #expect(picture.partitions[TopicPartition("t", 0)]?.elections == 1)
  }

  @Test mutating func `A broker with outdated metadata changes nothing`() {
    _ = picture.update(with: Self.topic(leader: 1, epoch: 0, isr: 1, 2))
    _ = picture.update(with: Self.topic(leader: 2, epoch: 3, isr: 2))
    #expect(picture.update(with: Self.topic(leader: 1, epoch: 2, isr: 1, 2)) == [])
    #expect(picture.partitions[TopicPartition("t", 0)]?.leader == 2)
  }

  @Test mutating func `Changes before the scenario do not count`() {
    _ = picture.update(with: Self.topic(leader: 1, epoch: 0, isr: 1, 2))
    _ = picture.update(with: Self.topic(leader: 2, epoch: 1, isr: 1, 2))
    picture.beginCounting()
    #expect(picture.partitions[TopicPartition("t", 0)]?.elections == 0)
  }
}
