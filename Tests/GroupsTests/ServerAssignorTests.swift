import Primitives
import Testing

@testable import Groups

@Suite struct ServerAssignorTests {
  /// Members by id with their topics, an instance id behind a colon; topics with their partitions.
  private func subscription(
    _ topics: KeyValuePairs<String, Int32>, _ members: KeyValuePairs<String, [String]>, targets: [String: PartitionAssignment] = [:]
  ) -> GroupSubscription {
    let counts = Dictionary(uniqueKeysWithValues: topics.map { (TestTopics.id($0.key), $0.value) })
    let members = members.map { entry in
      let parts = entry.key.split(separator: ":").map(String.init)
      return GroupSubscription.Member(
        id: parts[0], instanceId: parts.count > 1 ? parts[1] : nil, topics: entry.value.map(TestTopics.id).sorted(),
        target: targets[parts[0]] ?? PartitionAssignment())
    }
    return GroupSubscription(members: members, isHomogeneous: members.allSatisfy { $0.topics == members[0].topics }) { counts[$0] ?? 0 }
  }

  private func assignment(_ topics: KeyValuePairs<String, [Int32]>) -> PartitionAssignment {
    PartitionAssignment(topics.map { (TestTopics.id($0.key), $0.value) })
  }

  private func targets(_ subscription: GroupSubscription, _ assignor: ServerAssignor) -> [String: PartitionAssignment] {
    Dictionary(uniqueKeysWithValues: zip(subscription.members.map(\.id), assignor.assign(subscription)))
  }

  /// As Kafka 4.3.1 assigns.
  @Test func `Range divides each topic into ranges`() {
    let both = ["t0", "t1"]
    #expect(targets(subscription(["t0": 3, "t1": 3], ["C0": both, "C1": both]), .range) == [
      "C0": assignment(["t0": [0, 1], "t1": [0, 1]]), "C1": assignment(["t0": [2], "t1": [2]]),
    ])
    #expect(targets(subscription(["t0": 4], ["C0": ["t0"]]), .range) == ["C0": assignment(["t0": [0, 1, 2, 3]])])
    #expect(targets(subscription(["t0": 2], ["C0": ["t0"], "C1": ["t0"], "C2": ["t0"]]), .range) == [
      "C0": assignment(["t0": [0]]), "C1": assignment(["t0": [1]]), "C2": assignment([:]),
    ])
    #expect(targets(subscription(["t0": 7, "t1": 5], ["C0": both, "C1": both, "C2": both]), .range) == [
      "C0": assignment(["t0": [0, 1, 2], "t1": [0, 1]]), "C1": assignment(["t0": [3, 4], "t1": [2, 3]]), "C2": assignment(["t0": [5, 6], "t1": [4]]),
    ])
  }

  @Test func `Range gives members with different subscriptions their part of each topic`() {
    #expect(targets(subscription(["t0": 1, "t1": 2, "t2": 3], ["C0": ["t0"], "C1": ["t0", "t1"], "C2": ["t0", "t1", "t2"]]), .range) == [
      "C0": assignment(["t0": [0]]), "C1": assignment(["t1": [0]]), "C2": assignment(["t1": [1], "t2": [0, 1, 2]]),
    ])
  }

  @Test func `Range serves static members first, by their instance ids`() {
    #expect(targets(subscription(["t0": 5], ["Cz:i0": ["t0"], "Ca:i1": ["t0"], "Cb": ["t0"]]), .range) == [
      "Ca": assignment(["t0": [2, 3]]), "Cb": assignment(["t0": [4]]), "Cz": assignment(["t0": [0, 1]]),
    ])
  }

  @Test func `Uniform moves no more than it must to be even`() {
    let former = ["a": assignment(["t": [0, 1, 2, 3]])]
    #expect(targets(subscription(["t": 4], ["a": ["t"], "b": ["t"]], targets: former), .uniform) == [
      "a": assignment(["t": [0, 1]]), "b": assignment(["t": [2, 3]]),
    ])
    // Two are level already: nothing moves, although the extra partition might be elsewhere.
    let level = ["a": assignment(["t": [0]]), "b": assignment(["t": [1, 2]])]
    #expect(targets(subscription(["t": 3], ["a": ["t"], "b": ["t"]], targets: level), .uniform) == level)
  }

  @Test func `Uniform with different subscriptions evens out what it can, and moves nothing else`() {
    let spread = targets(subscription(["t": 4, "u": 2], ["a": ["t", "u"], "b": ["t"]]), .uniform)
    #expect(spread.values.allSatisfy { $0.count == 3 })
    #expect(spread["b"]?.topics.map(\.id) == [TestTopics.id("t")])
    #expect(targets(subscription(["t": 4, "u": 2], ["a": ["t", "u"], "b": ["t"]], targets: spread), .uniform) == spread)
  }

  @Test func `A previous target with missing partitions, or with two owners of one, does no harm`() {
    let former = ["a": assignment(["t": [-1, 0, 9]]), "b": assignment(["t": [0, 1], "gone": [0]])]
    for topics in [["t"], ["t", "u"]] {
      let result = targets(subscription(["t": 2, "u": 1], ["a": ["t"], "b": topics], targets: former), .uniform)
      #expect(result["a"]?[TestTopics.id("t")] == [0])
      #expect(result["b"]?[TestTopics.id("t")] == [1])
    }
  }

  @Test(arguments: 0..<200)
  func `Every wanted partition is assigned once, evenly, and an even target stays`(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "assignors")
    let names = (0..<Int(1 + random.below(5))).map { "t\($0)" }
    let counts = names.map { _ in Int32(1 + random.below(12)) }
    let isMixed = random.chance(1, in: 2)
    let members = (0..<Int(1 + random.below(8))).map { index in
      let wanted = isMixed ? names.filter { _ in random.chance(2, in: 3) } : names
      return GroupSubscription.Member(id: "m\(index)", topics: wanted.map(TestTopics.id).sorted())
    }
    let table = Dictionary(uniqueKeysWithValues: zip(names.map(TestTopics.id), counts))
    let isHomogeneous = members.allSatisfy { $0.topics == members[0].topics }
    let subscription = GroupSubscription(members: members, isHomogeneous: isHomogeneous) { table[$0] ?? 0 }
    for assignor in ServerAssignor.allCases {
      let result = assignor.assign(subscription)
      var seen: [TopicPartitionKey: Int] = [:]
      for (member, target) in zip(subscription.members, result) {
        for topic in target.topics {
          #expect(member.topics.contains(topic.id))
          for partition in topic.partitions { seen[TopicPartitionKey(topic.id, partition), default: 0] += 1 }
        }
      }
      for topic in subscription.topics {
        for partition in 0..<table[topic]! { #expect(seen[TopicPartitionKey(topic, partition)] == 1, "\(assignor)") }
      }
      let total = subscription.topics.reduce(0) { $0 + Int(table[$1]!) }
      #expect(seen.count == total)
      if assignor == .uniform, isHomogeneous {
        let sizes = result.map(\.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
      }
    }
    let first = ServerAssignor.uniform.assign(subscription)
    let again = zip(members, first).map { GroupSubscription.Member(id: $0.id, topics: $0.topics, target: $1) }
    if isHomogeneous {
      let same = GroupSubscription(members: again, isHomogeneous: true) { table[$0] ?? 0 }
      #expect(ServerAssignor.uniform.assign(same) == first)
      // One more member takes from the others, and the others take nothing from each other.
      let newcomer = GroupSubscription.Member(id: "n", topics: members[0].topics)
      let grown = GroupSubscription(members: again + [newcomer], isHomogeneous: true) { table[$0] ?? 0 }
      for (former, new) in zip(first, ServerAssignor.uniform.assign(grown)) {
        for topic in new.topics { #expect(topic.partitions.allSatisfy { former.contains($0, of: topic.id) }) }
      }
    }
  }
}
