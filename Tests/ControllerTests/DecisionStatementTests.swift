import Host
import Primitives
import Testing
import Wire

@testable import Controller

/// What a controller says of its own decisions, where it makes them. Each is asked about a decision that no request leads to, and beside that about one that may be.
@Suite struct DecisionStatementTests {
  private func told(_ body: () -> Void) -> [String] {
    BrokenInvariants.forget()
    body()
    return BrokenInvariants.take()
  }

  private func cluster(_ replicas: [Int32] = [1, 2, 3], minimum: Int = 1, unclean: Bool = false) -> TestCluster {
    var cluster = TestCluster(brokers: 1...4) {
      $0.minInSyncReplicas = minimum
      $0.uncleanLeaderElection = unclean
    }
    cluster.createTopic("t", [replicas])
    return cluster
  }

  private func change(in cluster: TestCluster) throws -> PartitionChange {
    let image = cluster.state.image
    return PartitionChange(of: cluster.partition(), 0, of: try #require(image.topic(named: "t")), in: cluster.state, isAcceptableLeader: image.isActive)
  }

  /// What is told of a record that is not the one of a change.
  private func told(of change: PartitionChange, from candidates: PartitionChange? = nil, _ fill: (inout PartitionChangeRecord) -> Void) -> [String] {
    var record = PartitionChangeRecord()
    (record.topicId, record.partitionId) = (change.id.topic, change.id.partition)
    fill(&record)
    return told { change.requireResult(record, of: change, electedFrom: candidates ?? change) }
  }

  @Test func `Decisions say nothing while brokers come and go, lose their power, and partitions move`() {
    for (minimum, unclean) in [(1, false), (2, false), (2, true), (3, true)] {
      var cluster = cluster(minimum: minimum, unclean: unclean)
      let words = told {
        for broker: Int32 in [2, 3, 1] { cluster.fence(broker) }
        for broker: Int32 in [3, 1, 2] { cluster.start(broker, previousEpoch: broker == 1 ? cluster.epoch(of: 1) : -1) }
        let leader = cluster.partition().leader.value
        _ = cluster.alterPartition(by: leader, to: cluster.partition().isr.map(\.value) + [1, 2, 3].filter { !cluster.partition().isr.contains(NodeID($0)) })
        _ = cluster.reassign(to: [4, 2, 1])
        _ = cluster.alterPartition(by: cluster.partition().leader.value, to: [1, 2, 3, 4])
        _ = cluster.reassign(to: [4, 2])
        _ = cluster.reassign(to: nil)
        cluster.heartbeat(4, wantShutDown: true)
        cluster.heartbeat(4, wantShutDown: true)
        _ = cluster.elect(unclean: false)
        _ = cluster.elect(unclean: true)
        cluster.register(2)
        cluster.heartbeat(2, metadataOffset: 0)
        cluster.heartbeat(2)
      }
      #expect(words == [], "with a minimum of \(minimum), \(unclean ? "unclean" : "clean") elections")
    }
  }

  @Test func `A reassignment that ends before what it adds is in sync is told`() throws {
    var cluster = cluster()
    #expect(cluster.reassign(to: [1, 2, 4]) == .none)
    let change = try change(in: cluster)
    var ended = change
    (ended.replicas, ended.adding, ended.removing) = ([1, 2, 4], [], [])
    ended.isr = [1, 2, 4]
    #expect(told { change.requireReassignment(ended) } == [] && told { change.requireReassignment(change) } == [])
    ended.isr = [1, 2]
    #expect(told { change.requireReassignment(ended) }.contains("partition 0: its reassignment is over, which adds [4] and removes [3], and [1, 2] of [1, 2, 4] are in sync"))
    (ended.adding, ended.removing) = ([4], [3])
    #expect(told { change.requireReassignment(ended) } == ["partition 0: of its replicas [1, 2, 4, 3] some are gone from [1, 2, 4], and [4] are still being added, [3] removed"])
  }

  @Test func `A record that does not say what was decided is told, and so is a replica that goes without a new epoch`() throws {
    var change = try change(in: cluster())
    #expect(told(of: change) { _ in } == [])
    change.isr = [1, 2]
    #expect(told(of: change) { $0.isr = [1, 2] } == [])
    #expect(told(of: change) { _ in }.first?.contains("by the record it has the ISR [1, 2, 3]") == true)
    change.replicas = [1, 2]
    #expect(
      told(of: change) { ($0.isr, $0.replicas) = ([1, 2], [1, 2]) } == ["partition 0: of its replicas [1, 2, 3] only [1, 2] are left, and the leader epoch stays 0"])
    #expect(told(of: change) { ($0.isr, $0.replicas, $0.leader) = ([1, 2], [1, 2], 1) } == [])
  }

  @Test func `A leader from outside of the ISR is told where somebody of it is there, or that is not allowed`() throws {
    var cluster = cluster()
    for broker: Int32 in [3, 2] { cluster.fence(broker) }
    var candidates = try change(in: cluster)
    #expect(candidates.isr == [1])
    cluster.start(2)
    candidates = try change(in: cluster)
    var change = candidates
    change.isr = [2]
    func elect(_ record: inout PartitionChangeRecord) { (record.leader, record.isr, record.leaderRecoveryState) = (2, [2], LeaderRecoveryState.recovering.rawValue) }
    #expect(told(of: change, from: candidates, elect).contains("partition 0: broker 2 is to lead, and of the ISR [1] and the ELR [] somebody is there"))
    cluster.fence(1)
    candidates = try self.change(in: cluster)
    change = candidates
    (change.isr, change.eligible) = ([2], [])
    func electUncleanly(_ record: inout PartitionChangeRecord) {
      elect(&record)
      (record.eligibleLeaderReplicas, record.lastKnownElr) = ([], [])
    }
    let words = told(of: change, from: candidates, electUncleanly)
    #expect(words == ["partition 0: broker 2 is elected from outside of the ISR [] and the ELR [1], and that is not allowed"])
    change.election = .unclean
    #expect(told(of: change, from: candidates, electUncleanly) == [])
  }

  @Test func `A replica that is neither in the ISR nor eligible any more, and has everything, is told`() throws {
    var change = try change(in: cluster(minimum: 3))
    (change.isr, change.eligible) = ([1, 2], [3])
    #expect(told(of: change) { ($0.isr, $0.eligibleLeaderReplicas) = ([1, 2], [3]) } == [])
    change.eligible = []
    #expect(told(of: change) { $0.isr = [1, 2] } == ["partition 0: brokers [3] are neither in the ISR [1, 2] nor in the ELR [], and have everything"])
    change.uncleanShutdown = 3
    #expect(told(of: change) { $0.isr = [1, 2] } == [])
    change.eligible = [3]
    #expect(told(of: change) { ($0.isr, $0.eligibleLeaderReplicas) = ([1, 2], [3]) }.first?.contains("broker 3 came back from an unclean shutdown") == true)
  }

  @Test func `A fenced broker that keeps its places, and one with a session, are told`() {
    var state = cluster().state
    let record = MetadataRecord.brokerRegistrationChange(BrokerRegistrationChangeRecord(state.image.broker(1)!, fenced: 1))
    #expect(told { state.requireDecision([record]) } == [])
    state.image.brokers[0].isFenced = true
    let words = told { state.requireDecision([record]) }
    #expect(words.count == 2 && words[0].contains("broker 1 is fenced in epoch") && words[1] == "t-0: broker 1 is fenced, leader is 1, and the ISR [1, 2, 3]", "\(words)")
    var change = PartitionChangeRecord()
    (change.topicId, change.partitionId) = (state.image.topicID(named: "t")!, 0)
    #expect(told { state.requireDecision([.partitionChange(change)]) } == ["t-0: broker 1 is to lead, which is fenced or not in the ISR [1, 2, 3]"])
  }

  @Test func `A broker without a session is told when a controller begins, and so is one that is fenced too early`() {
    var cluster = cluster()
    #expect(told { cluster.state.requireBeginning(of: 100) } == [])
    let state = cluster.state
    cluster.state.sessions.end(2)
    #expect(told { cluster.state.requireBeginning(of: 100) } == ["controller 100 becomes active, broker 2 is not fenced, and has no session"])
    cluster.state = state
    cluster.now = cluster.now + cluster.state.configuration.brokerSessionTimeout
    #expect(told { cluster.apply(cluster.state.fenceExpired(at: cluster.now)) } == [])
  }

  @Test func `Producer ids that are granted again, a registration of a former epoch, and a batch that comes again are told`() {
    var image = cluster().state.image, delta = MetadataDelta()
    func ids(_ next: Int64) -> MetadataRecord { .producerIds(ProducerIdsRecord { $0.nextProducerId = next }) }
    #expect(told { _ = image.apply([ids(1_000), ids(2_000)], recording: &delta) } == [])
    #expect(told { _ = image.apply([ids(2_000)], recording: &delta) }.first?.contains("producer ids from 2000 on are granted") == true)
    var again = image.brokers[1].record
    #expect(told { _ = image.apply([.registerBroker(again)], recording: &delta) } == [])
    again.brokerEpoch -= 1
    #expect(told { _ = image.apply([.registerBroker(again)], recording: &delta) }.count == 1)
  }

  @Test func `What is committed and was not decided is told`() {
    let cluster = SimulatedCluster(brokers: 3)
    #expect(cluster.settle())
    _ = cluster.createTopic("t", partitions: 3)
    cluster.run(1_000)
    let controller = cluster.controller()
    #expect(cluster.world.invariants.broken.map(\.words) == [])
    var delta = MetadataDelta()
    for number in 0..<Int32(3) { delta.rememberPartition(number, of: controller.image.topic(named: "t")!, before: nil) }
    func told() -> [String] { self.told { controller.state?.requireCommitted(delta, in: controller.image, of: 101) } }
    #expect(told() == [])
    controller.state?.image.topics.values[0].partitions[1].isr = [2]
    #expect(told().count == 1 && told()[0].contains("controller 101: of t-1 leader"))
    controller.state?.image.nextProducerID = 77
    #expect(told().count == 2)
  }
}
