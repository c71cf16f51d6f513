import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct AlterPartitionTests {
  /// Broker 3 fell out of the ISR and came back: the leader may take it in again.
  private func shrunken(_ configure: (inout ControllerConfiguration) -> Void = { _ in }) -> TestCluster {
    var cluster = TestCluster(configure: configure)
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.fence(3)
    cluster.heartbeat(3)
    return cluster
  }

  @Test func `A leader grows its ISR and learns the new partition epoch`() {
    var cluster = shrunken()
    let answer = cluster.alterPartition(by: 1, to: [1, 2, 3]).topics[0].partitions[0]
    #expect(answer.errorCode == .none)
    #expect(answer.isr == [1, 2, 3])
    #expect(answer.partitionEpoch == 2)
    #expect(answer.leaderEpoch == 0)
    #expect(cluster.partition().isr == [1, 2, 3])
    #expect(cluster.partition().partitionEpoch == 2)
  }

  @Test func `The same ISR changes nothing`() {
    var cluster = shrunken()
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2]) == .none)
    #expect(cluster.partition().partitionEpoch == 1)
  }

  @Test func `Past and future epochs are refused`() {
    var cluster = shrunken()
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1], partitionEpoch: 0) == .invalidUpdateVersion)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1], partitionEpoch: 7) == .notController)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1], leaderEpoch: 1) == .notController)
    cluster.fence(1)
    cluster.heartbeat(1)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2], leaderEpoch: 0) == .fencedLeaderEpoch)
    #expect(cluster.partition().leader == 2)
  }

  @Test func `Only the leader may ask, and only for replicas`() {
    var cluster = shrunken()
    #expect(cluster.errorOfAlterPartition(by: 2, to: [1, 2]) == .invalidRequest)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [2]) == .invalidRequest)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2, 4]) == .invalidRequest)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2, 2]) == .invalidRequest)
  }

  @Test func `An earlier registration of the leader is fenced`() {
    var cluster = shrunken()
    #expect(cluster.alterPartition(by: 1, to: [1], brokerEpoch: cluster.epoch(of: 1) - 1).errorCode == .staleBrokerEpoch)
  }

  @Test func `Unknown topics and partitions are reported as unknown`() {
    let cluster = shrunken()
    var wanted = AlterPartitionRequest.PartitionData()
    wanted.partitionIndex = 5
    var known = AlterPartitionRequest.TopicData()
    (known.topicId, known.partitions) = (cluster.state.image.topicID(named: "t")!, [wanted])
    var unknown = AlterPartitionRequest.TopicData()
    (unknown.topicId, unknown.partitions) = (Uuid(high: 9, low: 9), [wanted])
    var request = AlterPartitionRequest()
    (request.brokerId, request.brokerEpoch, request.topics) = (1, cluster.epoch(of: 1), [known, unknown])
    let answer = cluster.state.alterPartition(request, version: 3).response
    #expect(answer.topics[0].partitions[0].errorCode == .unknownTopicOrPartition)
    #expect(answer.topics[1].partitions[0].errorCode == .unknownTopicId)
  }

  /// KIP-841 (R10).
  @Test func `A fenced replica cannot join the ISR`() {
    var cluster = shrunken()
    cluster.fence(3)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2, 3]) == .ineligibleReplica)
    var former = shrunken { $0.switches.rejectFencedInISR = false }
    former.fence(3)
    #expect(former.errorOfAlterPartition(by: 1, to: [1, 2, 3]) == .none)
  }

  /// KIP-903 (R9): the leader means a life of broker 3 that is over.
  @Test func `A replica with an earlier broker epoch cannot join the ISR`() {
    var cluster = shrunken()
    let formerLife = cluster.epoch(of: 3)
    cluster.fence(3)
    cluster.start(3)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2, 3], memberEpochs: [3: formerLife]) == .ineligibleReplica)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1, 2, 3], memberEpochs: [3: -1]) == .none)

    var former = shrunken { $0.switches.checkBrokerEpochOnAlterPartition = false }
    let life = former.epoch(of: 3)
    former.fence(3)
    former.start(3)
    #expect(former.errorOfAlterPartition(by: 1, to: [1, 2, 3], memberEpochs: [3: life]) == .none)
  }

  /// K11: a zombie leader takes the ISR from the one that was elected after it.
  @Test func `Without the epoch fences a zombie leader writes the ISR`() {
    var cluster = shrunken { $0.switches.fenceAlterPartitionByEpoch = false }
    cluster.fence(1)
    cluster.heartbeat(1)
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1], leaderEpoch: 0, partitionEpoch: 0) == .none)
    #expect(cluster.partition().isr == [1])
  }
}
