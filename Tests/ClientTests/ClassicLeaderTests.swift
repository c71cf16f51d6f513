import Primitives
import Testing
import Wire

@testable import Client

/// What the leader of a classic group hands in for its members.
@Suite struct ClassicLeaderTests {
  private let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)

  /// Gives everything to the last member at once, whoever has it.
  private struct Careless: PartitionAssignor {
    var name: String { "careless" }
    var protocols: [RebalanceProtocol] { [.cooperative] }

    func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]] {
      Array(repeating: [], count: members.count - 1) + [topics.flatMap(\.partitions)]
    }
  }

  /// What members get of which the first one missed the generation that the second one has; nil where the assignment is refused.
  private func assignment(by assignor: any PartitionAssignor, keepsFormerClaims: Bool = true) throws -> [[TopicPartition]]? {
    let fixture = ConsumerFixture(leaders: [1, 1])
    fixture.consumer.assign([t0, t1])
    _ = try fixture.poll(timeout: .seconds(1))
    var configuration = ConsumerConfiguration()
    configuration.assignors = [assignor]
    configuration.switches.keepFormerClaims = keepsFormerClaims
    let leader = ClassicLeader(fixture.consumer.cluster, configuration, .cooperative)
    func member(_ id: String, _ owned: [TopicPartition], generation: Int32) -> SubscribedMember {
      SubscribedMember(
        id, topics: ["t"], userData: CooperativeStickyAssignor().userData(after: LastAssignment([], generation: generation)), ownedPartitions: owned)
    }
    let members = [member("A", [t0, t1], generation: 1), member("B", [], generation: 2)]
    var assignments: [(member: String, assignment: Bytes)]?
    withExtendedLifetime(fixture) {
      leader.findTopics(of: members) { assignments = leader.assign(to: members, by: assignor.name, keepsAssignment: false) }
    }
    return try assignments?.map { try ConsumerProtocol.decode(ConsumerProtocolAssignment.self, $0.assignment).partitions }
  }

  @Test func `A custom cooperative assignor may not reassign what its owner has not given up`() throws {
    #expect(try assignment(by: Careless()) == nil)
  }

  @Test func `Kafka's own assignor is trusted, even if it ignores claims of earlier generations`() throws {
    #expect(try assignment(by: CooperativeStickyAssignor()) == [[t0], []])
    #expect(try assignment(by: CooperativeStickyAssignor(), keepsFormerClaims: false) == [[t0], [t1]])
  }

  @Test func `An assignment that gives a partition twice, to a stranger or to nobody is told of`() {
    let fixture = ConsumerFixture()
    let leader = ClassicLeader(fixture.consumer.cluster, ConsumerConfiguration(), .eager)
    let topics = [AssignableTopic("t", partitionCount: 2)], members = [SubscribedMember("A", topics: ["t"]), SubscribedMember("B", topics: ["u"])]
    func told(_ assignment: [[TopicPartition]], by assignor: any PartitionAssignor = RangeAssignor()) -> [String] {
      BrokenInvariants.forget()
      leader.requireEachOnce(assignment, of: topics, to: members, by: assignor)
      return BrokenInvariants.take()
    }
    #expect(told([[t0, t1], []]) == [])
    #expect(told([[t0], []]) == ["consumer: 1 partitions are assigned to 2 members, of 2"])
    #expect(told([[t0], []], by: CooperativeStickyAssignor()) == [], "the other one has to be given up first")
    #expect(told([[t0], []], by: Careless()) == [])
    #expect(told([[t0, t0, t1], []]) == ["consumer: t-0 is assigned to A, and to somebody before"])
    #expect(told([[t0], [t1]]) == ["consumer: t-1 is assigned to B, which does not subscribe to it"])
  }
}
