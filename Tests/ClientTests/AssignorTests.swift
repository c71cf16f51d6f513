import Primitives
import Testing
import Wire

@testable import Client

/// What leaders of classic groups make of subscriptions.
@Suite struct AssignorTests {
  private static let assignors: [any PartitionAssignor] = [RangeAssignor(), RoundRobinAssignor(), StickyAssignor(), CooperativeStickyAssignor()]

  /// Topics with their partitions, members with what they want, and what Kafka's assignors made of it where nobody had anything.
  private static let fresh: [(topics: String, members: String, assignments: [String: String])] = [
    ("t0:3 t1:3", "C0=t0,t1 C1=t0,t1", [
      "range": "C0: t0-0 t0-1 t1-0 t1-1; C1: t0-2 t1-2",
      "roundrobin": "C0: t0-0 t0-2 t1-1; C1: t0-1 t1-0 t1-2",
      "sticky": "C0: t0-0 t0-2 t1-1; C1: t0-1 t1-0 t1-2",
      "cooperative-sticky": "C0: t0-0 t0-2 t1-1; C1: t0-1 t1-0 t1-2",
    ]),
    ("t0:4", "C0=t0", [
      "range": "C0: t0-0 t0-1 t0-2 t0-3",
      "roundrobin": "C0: t0-0 t0-1 t0-2 t0-3",
      "sticky": "C0: t0-0 t0-1 t0-2 t0-3",
      "cooperative-sticky": "C0: t0-0 t0-1 t0-2 t0-3",
    ]),
    ("t0:2", "C0=t0 C1=t0 C2=t0", [
      "range": "C0: t0-0; C1: t0-1; C2:",
      "roundrobin": "C0: t0-0; C1: t0-1; C2:",
      "sticky": "C0: t0-0; C1: t0-1; C2:",
      "cooperative-sticky": "C0: t0-0; C1: t0-1; C2:",
    ]),
    ("t0:1 t1:2 t2:3", "C0=t0 C1=t0,t1 C2=t0,t1,t2", [
      "range": "C0: t0-0; C1: t1-0; C2: t1-1 t2-0 t2-1 t2-2",
      "roundrobin": "C0: t0-0; C1: t1-0; C2: t1-1 t2-0 t2-1 t2-2",
      "sticky": "C0: t0-0; C1: t1-0 t1-1; C2: t2-0 t2-1 t2-2",
      "cooperative-sticky": "C0: t0-0; C1: t1-0 t1-1; C2: t2-0 t2-1 t2-2",
    ]),
    ("t0:7 t1:5", "C0=t0,t1 C1=t0,t1 C2=t0,t1", [
      "range": "C0: t0-0 t0-1 t0-2 t1-0 t1-1; C1: t0-3 t0-4 t1-2 t1-3; C2: t0-5 t0-6 t1-4",
      "roundrobin": "C0: t0-0 t0-3 t0-6 t1-2; C1: t0-1 t0-4 t1-0 t1-3; C2: t0-2 t0-5 t1-1 t1-4",
      "sticky": "C0: t0-0 t0-3 t0-6 t1-2; C1: t0-1 t0-4 t1-0 t1-3; C2: t0-2 t0-5 t1-1 t1-4",
      "cooperative-sticky": "C0: t0-0 t0-3 t0-6 t1-2; C1: t0-1 t0-4 t1-0 t1-3; C2: t0-2 t0-5 t1-1 t1-4",
    ]),
    ("t0:5", "Ca@i1=t0 Cb=t0 Cz@i0=t0", [
      "range": "Ca: t0-2 t0-3; Cb: t0-4; Cz: t0-0 t0-1",
      "roundrobin": "Ca: t0-1 t0-4; Cb: t0-2; Cz: t0-0 t0-3",
      "sticky": "Ca: t0-0 t0-3; Cb: t0-1 t0-4; Cz: t0-2",
      "cooperative-sticky": "Ca: t0-0 t0-3; Cb: t0-1 t0-4; Cz: t0-2",
    ]),
    ("t0:4 t1:4 t2:4", "C0=t0,t1,t2 C1=t0,t1,t2 C2=t0,t1,t2", [
      "range": "C0: t0-0 t0-1 t1-0 t1-1 t2-0 t2-1; C1: t0-2 t1-2 t2-2; C2: t0-3 t1-3 t2-3",
      "roundrobin": "C0: t0-0 t0-3 t1-2 t2-1; C1: t0-1 t1-0 t1-3 t2-2; C2: t0-2 t1-1 t2-0 t2-3",
      "sticky": "C0: t0-0 t0-3 t1-2 t2-1; C1: t0-1 t1-0 t1-3 t2-2; C2: t0-2 t1-1 t2-0 t2-3",
      "cooperative-sticky": "C0: t0-0 t0-3 t1-2 t2-1; C1: t0-1 t1-0 t1-3 t2-2; C2: t0-2 t1-1 t2-0 t2-3",
    ]),
  ]

  @Test func `Without earlier assignments, every assignor gives the same result as Kafka's`() throws {
    for (topics, members, assignments) in Self.fresh {
      for assignor in Self.assignors {
        let assignment = Self.assign(topics, members, assignor)
        #expect(assignment == assignments[assignor.name], "\(assignor.name) of \(topics) to \(members)")
      }
    }
  }

  @Test func `A remaining member of the sticky assignor keeps its partitions when another leaves`() {
    let assignor = StickyAssignor()
    let former: [(String, [Int32])] = [("A", [0, 3]), ("C", [2, 5])]
    let members = former.map { id, numbers in
      SubscribedMember(id, topics: ["t"], userData: assignor.userData(after: LastAssignment(numbers.map { TopicPartition("t", $0) }, generation: 4)))
    }
    let assignment = assignor.assign([AssignableTopic("t", partitionCount: 6)], to: members)
    #expect(assignment.map { $0.map(\.partition) } == [[0, 3, 1], [2, 5, 4]])
  }

  @Test func `If two members claim a partition, the one of the later generation keeps it`() {
    let assignor = StickyAssignor()
    let old = assignor.userData(after: LastAssignment([TopicPartition("t", 0), TopicPartition("t", 1)], generation: 3))
    let new = assignor.userData(after: LastAssignment([TopicPartition("t", 0)], generation: 5))
    let members = [
      SubscribedMember("A", topics: ["t"], userData: old, generation: 3), SubscribedMember("B", topics: ["t"], userData: new, generation: 5),
    ]
    let assignment = assignor.assign([AssignableTopic("t", partitionCount: 2)], to: members)
    #expect(assignment.map { $0.map(\.partition) } == [[1], [0]])
  }

  @Test func `A member that missed a generation keeps what no other claims, or others get it while it still has it`() {
    func data(_ generation: Int32) -> Bytes? { CooperativeStickyAssignor().userData(after: LastAssignment([], generation: generation)) }
    func member(_ id: String, _ owned: [Int32], generation: Int32) -> SubscribedMember {
      SubscribedMember(id, topics: ["t"], userData: data(generation), ownedPartitions: owned.map { TopicPartition("t", $0) })
    }
    let topics = [AssignableTopic("t", partitionCount: 6)]
    let members = [member("A", [0, 2], generation: 2), member("B", [1, 3, 5], generation: 1), member("C", [], generation: 2)]
    let kept = CooperativeStickyAssignor().assign(topics, to: members)
    #expect(kept.map { $0.map(\.partition) } == [[0, 2], [1, 3], [4]], "5 waits until B has given it up")
    let ignored = CooperativeStickyAssignor(keepsFormerClaims: false).assign(topics, to: members)
    #expect(ignored.map { $0.map(\.partition) } == [[0, 2], [1, 4], [3, 5]])
    #expect(movingPartitions(to: ignored, from: members) == [TopicPartition("t", 3), TopicPartition("t", 5)])
  }

  @Test func `A moving partition is assigned to no member until its owner has given it up`() {
    let assignor = CooperativeStickyAssignor()
    let all = (0..<4).map { TopicPartition("t", $0) }
    let topics = [AssignableTopic("t", partitionCount: 4)]
    let first = assignor.assign(topics, to: [
      SubscribedMember("A", topics: ["t"], ownedPartitions: all, generation: 1), SubscribedMember("B", topics: ["t"]),
    ])
    #expect(first.map { $0.map(\.partition) } == [[0, 1], []])
    let second = assignor.assign(topics, to: [
      SubscribedMember("A", topics: ["t"], ownedPartitions: first[0], generation: 2), SubscribedMember("B", topics: ["t"], generation: 2),
    ])
    #expect(second.map { $0.map(\.partition) } == [[0, 1], [2, 3]])
  }

  @Test func `A partition that moves between members with different topics waits for its owner as well`() {
    let assignor = CooperativeStickyAssignor()
    let topics = [AssignableTopic("s", partitionCount: 1), AssignableTopic("t", partitionCount: 4)]
    let owned = (0..<4).map { TopicPartition("t", $0) }
    let assignment = assignor.assign(topics, to: [
      SubscribedMember("A", topics: ["t"], ownedPartitions: owned, generation: 1), SubscribedMember("B", topics: ["s", "t"]),
    ])
    #expect(assignment[1] == [TopicPartition("s", 0)])
    #expect(assignment[0].count == 3)
  }

  @Test func `A partition that two members of one generation claim is taken from both`() {
    let assignor = CooperativeStickyAssignor()
    let claimed = TopicPartition("t", 0)
    let assignment = assignor.assign([AssignableTopic("t", partitionCount: 2)], to: [
      SubscribedMember("A", topics: ["t"], ownedPartitions: [claimed], generation: 7),
      SubscribedMember("B", topics: ["t"], ownedPartitions: [claimed], generation: 7),
    ])
    #expect(!assignment.contains { $0.contains(claimed) })
    #expect(assignment.flatMap { $0 } == [TopicPartition("t", 1)])
  }

  @Test func `Members get partitions of their racks as far as their shares go`() {
    let topic = AssignableTopic("t", partitionCount: 4, racks: [["r1"], ["r2"], ["r1"], ["r2"]])
    let members = [SubscribedMember("A", topics: ["t"], rack: "r2"), SubscribedMember("B", topics: ["t"], rack: "r1")]
    for assignor in [RangeAssignor(), StickyAssignor(), CooperativeStickyAssignor()] as [any PartitionAssignor] {
      #expect(assignor.assign([topic], to: members).map { $0.map(\.partition) } == [[1, 3], [0, 2]], "\(assignor.name)")
    }
    let everywhere = AssignableTopic("t", partitionCount: 4, racks: Array(repeating: ["r1", "r2"], count: 4))
    #expect(RangeAssignor().assign([everywhere], to: members).map { $0.map(\.partition) } == [[0, 1], [2, 3]], "racks make no difference")
  }

  @Test func `Topics with equal partitions stay alike when racks are matched`() {
    let racks = [["r1"], ["r2"], ["r1"], ["r2"]]
    let topics = [AssignableTopic("s", partitionCount: 4, racks: racks), AssignableTopic("t", partitionCount: 4, racks: racks)]
    let members = [SubscribedMember("A", topics: ["s", "t"], rack: "r2"), SubscribedMember("B", topics: ["s", "t"], rack: "r1")]
    let assignment = RangeAssignor().assign(topics, to: members)
    #expect(assignment[0] == [1, 3].flatMap { [TopicPartition("s", $0)] } + [1, 3].map { TopicPartition("t", $0) })
  }

  @Test(arguments: 1...200) func `However members come and go, every partition has one owner, and the numbers differ by at most two`(seed: Int) {
    var random = RandomStream(seed: UInt64(seed), purpose: "assignors")
    let assignor = StickyAssignor()
    let count = Int(random.below(20)) + 1
    let topics = [AssignableTopic("s", partitionCount: count), AssignableTopic("t", partitionCount: Int(random.below(7)) + 1)]
    let all = topics.flatMap(\.partitions)
    var former: [String: [TopicPartition]] = [:]
    for generation in 1...6 {
      let ids = (0..<6).map { "m\($0)" }.filter { _ in random.below(3) > 0 }
      guard !ids.isEmpty else { continue }
      let members = ids.map { id in
        SubscribedMember(id, topics: ["s", "t"], userData: assignor.userData(after: former[id].map { LastAssignment($0, generation: Int32(generation)) }))
      }
      let assignment = assignor.assign(topics, to: members)
      #expect(assignment.flatMap { $0 }.sorted() == all)
      let counts = assignment.map(\.count)
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      former = Dictionary(uniqueKeysWithValues: zip(ids, assignment))
    }
  }

  @Test func `A member's user data reads back, and later versions are read as far as they are known`() throws {
    let owned = [TopicPartition("a", 1), TopicPartition("a", 0), TopicPartition("b", 2)]
    let subscription = ConsumerProtocolSubscription(topics: ["a", "b"], userData: Bytes("x"), owned: owned, generation: 9, rack: "r")
    var member = JoinGroupResponse.JoinGroupResponseMember()
    member.memberId = "m"
    member.metadata = ConsumerProtocol.encode(subscription)
    let read = try SubscribedMember(member)
    #expect(read == SubscribedMember("m", topics: ["a", "b"], userData: Bytes("x"), ownedPartitions: owned.sorted(), generation: 9, rack: "r"))
    member.metadata = Bytes(joining: [Bytes([0, 9]), member.metadata[2...], Bytes("more")])
    #expect(try SubscribedMember(member) == read)
    member.metadata = Bytes([0])
    #expect(throws: WireError.self) { try SubscribedMember(member) }
  }

  /// `C0: t-0 t-2; C1: t-1` of `t:3` and `C0=t C1=t`; `@` stands before the instance of a static member.
  private static func assign(_ topics: String, _ members: String, _ assignor: any PartitionAssignor) -> String {
    let topics = topics.split(separator: " ").map { word in
      let parts = word.split(separator: ":")
      return AssignableTopic(String(parts[0]), partitionCount: Int(parts[1]) ?? 0)
    }
    let members = members.split(separator: " ").map { word in
      let parts = word.split(separator: "="), names = parts[0].split(separator: "@")
      return SubscribedMember(
        String(names[0]), instanceID: names.count > 1 ? String(names[1]) : nil, topics: parts[1].split(separator: ",").map(String.init))
    }
    return zip(members, assignor.assign(topics, to: members)).map { member, partitions in
      "\(member.id):" + partitions.map { " \($0)" }.joined()
    }.joined(separator: "; ")
  }
}
