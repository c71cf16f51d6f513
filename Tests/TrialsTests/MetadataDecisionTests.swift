import Host
import Primitives
import Testing
import Wire

@testable import Controller
@testable import Sim
@testable import Trials

/// What the controllers commit, held against the rules by which they decide. Each rule is broken on purpose, beside what is harmless.
@Suite struct MetadataDecisionTests {
  private static let name = TopicPartition("t", 0)

  /// Three brokers of which all but some are active, and a partition.
  private func image(_ partition: PartitionRegistration, fenced: [Int32] = [], shuttingDown: [Int32] = [], hasEligible: Bool = true) -> MetadataImage {
    var image = MetadataImage(clusterID: "c")
    var delta = MetadataDelta()
    var feature = FeatureLevelRecord()
    (feature.name, feature.featureLevel) = (FeatureName.eligibleLeaderReplicasVersion, hasEligible ? 1 : 0)
    try? image.apply(.featureLevel(feature), recording: &delta)
    for id: Int32 in 1...3 {
      var broker = RegisterBrokerRecord()
      (broker.brokerId, broker.brokerEpoch, broker.fenced, broker.inControlledShutdown) = (id, Int64(id) * 10, fenced.contains(id), shuttingDown.contains(id))
      try? image.apply(.registerBroker(broker), recording: &delta)
    }
    var topic = TopicRecord()
    (topic.name, topic.topicId) = ("t", Uuid(high: 1, low: 2))
    try? image.apply(.topic(topic), recording: &delta)
    try? image.apply(.partition(partition.record(topic: topic.topicId, partition: 0)), recording: &delta)
    return image
  }

  private func partition(_ isr: [NodeID], eligible: [NodeID] = [], leader: NodeID = 1) -> PartitionRegistration {
    PartitionRegistration(replicas: [1, 2, 3], isr: isr, eligibleLeaderReplicas: eligible, leader: leader)
  }

  private func broken(_ body: (inout InvariantCheck) -> Void) -> [String] {
    var check = InvariantCheck()
    body(&check)
    return check.broken
  }

  // MARK: Members of an ISR

  @Test func `A member of an ISR that is fenced or shuts down is told, unless there is no ELR`() {
    #expect(broken { image(partition([1, 2])).checkInvariants(&$0, "m") } == [])
    #expect(broken { image(partition([1, 2]), fenced: [2]).checkInvariants(&$0, "m") } == ["m: t-0: broker 2 is in the ISR [1, 2], and is fenced"])
    #expect(broken { image(partition([1, 2]), shuttingDown: [2]).checkInvariants(&$0, "m") } == ["m: t-0: broker 2 is in the ISR [1, 2], and is shutting down"])
    #expect(broken { image(partition([1, 2]), fenced: [2], hasEligible: false).checkInvariants(&$0, "m") } == [])
  }

  // MARK: Eligible replicas

  /// What is told of a change of the ISR from all three, with two that have to be in sync.
  private func told(to isr: [NodeID], eligible: [NodeID], _ more: Occurrence..., hasEligible: Bool = true) -> [String] {
    var replicas = EligibleReplicas()
    for occurrence in more + [.isrChanged(Self.name, from: [1, 2, 3], to: isr, eligible: eligible)] { replicas.observe(occurrence) }
    let image = image(partition(isr, eligible: eligible), hasEligible: hasEligible)
    return broken { replicas.look(in: image, minimum: { _, _ in 2 }, &$0) }
  }

  @Test func `Who leaves an ISR below its minimum has to be eligible`() {
    #expect(told(to: [1], eligible: [2, 3]) == [])
    #expect(told(to: [1, 2], eligible: []) == [])
    #expect(told(to: [1], eligible: [2]) == ["t-0: broker 3 left the ISR [1], which needs 2 members, and is not among the eligible replicas [2]"])
    #expect(told(to: [1, 2], eligible: [3]) == ["t-0: replicas [3] are eligible, and the ISR [1, 2] has the 2 members that it needs"])
  }

  @Test func `Who comes back without its data need not be, nor anybody after an unclean election or without ELR`() {
    #expect(told(to: [1], eligible: [2], .brokerRegistered(3, 99, cleanShutdown: false)) == [])
    #expect(told(to: [1], eligible: [], .leaderElected(Self.name, leader: 1, epoch: 3, isr: [1], election: .unclean)) == [])
    #expect(told(to: [1], eligible: [], hasEligible: false) == [])
  }

  // MARK: Brokers

  private let node = NodeIndex(2)

  /// What is told of the registration of broker 3 behind these incidents, where it is still eligible.
  private func told(after incidents: [Incident]) -> [String] {
    var brokers = BrokersInMetadata(), check = InvariantCheck()
    let image = image(partition([1], eligible: [3]))
    brokers.observe(.started, at: node)
    brokers.check(registrationOf: 3, nil, at: node, in: image, &check)
    #expect(check.broken.isEmpty, "its first registration")
    for incident in incidents { brokers.observe(incident, at: node) }
    brokers.check(registrationOf: 3, nil, at: node, in: image, &check)
    return check.broken
  }

  @Test func `A broker that comes back from an unclean shutdown is not eligible`() {
    let words = "t-0: broker 3 came back from an unclean shutdown, and is still in the ISR [1] or the ELR [3]"
    #expect(told(after: [.killed, .started]) == [words])
    #expect(told(after: [.lostPower, .started, .killed, .started]) == [words])
    #expect(told(after: [.shutdownAsked, .exited, .started]) == [])
    #expect(told(after: [.shutdownAsked, .killed, .started]) == [], "it may have come to its end in order")
  }
}
