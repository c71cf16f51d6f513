import Host
import Primitives
import Replication
import Testing

/// What a coordinator hears of the partitions that its state lies in.
@Suite struct PartitionListenerTests {
  /// Writes down what it is told, with what the replica says of itself at that moment.
  private final class Ear: PartitionListener {
    private(set) var heard: [String] = []

    func becameLeader(of partition: Partition, in epoch: LeaderEpoch) {
      heard.append("leads \(partition.topicPartition) in \(epoch)")
      #expect(partition.isLeader && partition.leaderEpoch == epoch)
    }

    func steppedDown(from partition: Partition, in epoch: LeaderEpoch) {
      heard.append("led \(partition.topicPartition) in \(epoch)")
      #expect(!partition.isLeader)
    }

    func highWatermarkMoved(of partition: Partition, from former: Offset, to offset: Offset) {
      heard.append("\(former) to \(offset)")
      #expect(partition.highWatermark == offset)
    }
  }

  private func listening(to topic: String = "t", at broker: NodeID = 1, _ change: (inout ReplicaCluster.Options) -> Void = { _ in }) -> (ReplicaCluster, Ear) {
    let cluster = ReplicaCluster(ReplicaCluster.Options(change)), ear = Ear()
    cluster.manager(broker).listen(toTopic: topic, ear)
    cluster.publish()
    cluster.run(.milliseconds(20))
    return (cluster, ear)
  }

  @Test func `A leader's listener hears of its epoch, and of each batch that is committed`() {
    let (cluster, ear) = listening()
    for text in ["a", "b", "c"] {
      cluster.produce(text, to: 1)
      cluster.run(.milliseconds(20))
    }
    #expect(ear.heard == ["leads t-0 in 0", "0 to 1", "1 to 2", "2 to 3"])
  }

  @Test func `A leader that becomes a follower steps down once, and reports its own epoch`() {
    let (cluster, ear) = listening()
    cluster.elect(2)
    cluster.publish()
    cluster.run(.milliseconds(20))
    cluster.elect(3)
    cluster.publish()
    cluster.run(.milliseconds(20))
    #expect(ear.heard == ["leads t-0 in 0", "led t-0 in 0"])
  }

  @Test func `A leader that is elected again leads in each of the epochs, without stepping down between`() {
    let (cluster, ear) = listening()
    cluster.elect(1)
    cluster.publish()
    // A change of the ISR is no new epoch.
    cluster.commit(isr: [1, 2])
    cluster.publish()
    #expect(ear.heard == ["leads t-0 in 0", "leads t-0 in 1"])
  }

  @Test func `A follower's high watermark is reported as well`() {
    let (cluster, ear) = listening(at: 2)
    cluster.produce("a", to: 1)
    cluster.run(.seconds(1))
    #expect(ear.heard == ["0 to 1"])
  }

  @Test func `A replica that is removed, and a broker that ends, step down`() {
    let (deleted, first) = listening()
    deleted.manager(1).apply([], deleted: [deleted.state.id])
    #expect(first.heard == ["leads t-0 in 0", "led t-0 in 0"])
    let (ended, second) = listening()
    ended.manager(1).shutdown()
    ended.manager(1).shutdown()
    #expect(second.heard == ["leads t-0 in 0", "led t-0 in 0"])
  }

  @Test func `A late listener learns who leads already, and nothing about other topics`() {
    let cluster = ReplicaCluster.running()
    let ear = Ear(), stranger = Ear()
    cluster.manager(1).listen(toTopic: "t", ear)
    cluster.manager(1).listen(toTopic: "u", stranger)
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    #expect(ear.heard == ["leads t-0 in 0", "0 to 1"])
    #expect(stranger.heard.isEmpty)
  }
}
