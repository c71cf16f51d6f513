import Host
import Primitives
import Testing

@testable import Trials

struct ClusterViewTests {
  private let partition = TopicPartition("t", 0)

  private func election(of leader: Int32, epoch: Int32) -> Occurrence {
    .leaderElected(partition, leader: NodeID(leader), epoch: LeaderEpoch(epoch), isr: [NodeID(leader)], election: .clean)
  }

  @Test func `Of several controllers the one that was elected last is believed`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    view.observe(election(of: 1, epoch: 0), by: 3001)
    view.observe(.controllerElected(3002, epoch: 2), by: 3002)
    view.observe(election(of: 2, epoch: 1), by: 3002)
    // What the former one tells late changes nothing.
    view.observe(.isrChanged(partition, from: [1], to: [1, 3], eligible: []), by: 3001)
    view.observe(.brokerFenced(2, reason: .sessionExpired), by: 3001)
    #expect(view.activeController == 3002)
    #expect(view[partition].leader == 2)
    #expect(view[partition].isr == [2])
    #expect(view.fencings.isEmpty)
  }

  @Test func `Events during set-up do not count for a moment`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    view.observe(.brokerUnfenced(1), by: 3001)
    view.observe(election(of: 3, epoch: 0), by: 3001)
    view.observe(election(of: 1, epoch: 1), by: 3001)
    #expect(view[partition].elections == 1 && view.unfencings == [1: 1])
    view.beginCounting()
    #expect(view[partition].elections == 0 && view[partition].leader == 1 && view.unfencings.isEmpty)
    view.observe(election(of: 2, epoch: 2), by: 3001)
    #expect(view[partition].elections == 1)
  }

  @Test func `An election that is reported late does not bring an earlier controller back`() {
    var view = ClusterView()
    view.observe(.controllerElected(3002, epoch: 2), by: 3002)
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    #expect(view.activeController == 3002)
  }

  @Test func `A controller that is elected again is believed again`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    view.observe(.controllerElected(3002, epoch: 2), by: 3002)
    view.observe(.controllerElected(3001, epoch: 3), by: 3001)
    view.observe(election(of: 1, epoch: 4), by: 3001)
    #expect(view[partition].epoch == 4)
  }

  @Test func `Elections of controllers count from the beginning of the scenario on, in all and of each`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    view.beginCounting()
    #expect(view.activations == 0 && view.controllerEpoch == 1)
    view.observe(.controllerElected(3002, epoch: 3), by: 3002)
    view.observe(.controllerElected(3002, epoch: 4), by: 3002)
    #expect(view.activations == 2 && view.activationsOfControllers == [3002: 2] && view.controllerEpoch == 4)
  }

  @Test func `The state of a group lies in a partition as soon as there are some, and whoever leads it coordinates the group`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    #expect(view.partition(ofGroup: "g") == nil && view.coordinator(ofGroup: "g") == .none)
    view.observe(.topicCreated("__consumer_offsets", Uuid(high: 1, low: 1), partitions: 1), by: 3001)
    let partition = TopicPartition("__consumer_offsets", 0)
    view.observe(.leaderElected(partition, leader: 2, epoch: 0, isr: [2], election: .clean), by: 3001)
    #expect(view.partition(ofGroup: "g") == partition && view.coordinator(ofGroup: "g") == 2)
  }

  @Test func `A high watermark is taken from the partition's leader, whichever node is the controller`() {
    var view = ClusterView()
    view.observe(.controllerElected(3001, epoch: 1), by: 3001)
    view.observe(election(of: 1, epoch: 0), by: 3001)
    view.observe(.highWatermarkMoved(partition, from: 0, to: 7), by: 1)
    view.observe(.highWatermarkMoved(partition, from: 0, to: 9), by: 2)
    #expect(view[partition].highWatermark == 7)
  }
}
