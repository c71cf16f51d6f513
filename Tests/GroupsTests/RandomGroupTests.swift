import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// Members that come, go, fall silent, lose answers and are slow to give back, drawn by a seed. `GroupWorld` looks after every decision whether a partition belongs
/// to two members, and whether a reader of the records has the same group.
@Suite struct RandomGroupTests {
  /// A consumer as it sees itself.
  private struct Consumer {
    let id: String
    var instance: String?
    var epoch: Int32 = 0
    var owned: [String: [Int32]] = [:]
    var names: [String]
    var pattern: String?
    /// What it was told and has not done yet.
    var told: [String: [Int32]]?
  }

  @Test(arguments: 0..<60)
  func `No partition has two owners, no epoch goes back, and in the end every partition is owned`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "groups")
    var world = GroupWorld(TestTopics(["t": 6, "u": 3, "v": 4]))
    if random.chance(1, in: 2) { world.settings.assignmentInterval = .seconds(1) }
    var consumers: [Consumer] = []
    var made = 0
    var epochs: (group: Int32, target: Int32) = (0, 0)

    for _ in 0..<120 {
      world.pass(.milliseconds(random.below(4_000)))
      switch random.below(12) {
      case 0, 1:
        made += 1
        let names = ["t", "u", "v"].filter { _ in random.chance(2, in: 3) }
        consumers.append(Consumer(
          id: "m\(made)", instance: random.chance(1, in: 4) ? "i\(made)" : nil, names: names, pattern: random.chance(1, in: 5) ? "[tu].*" : nil))
      case 2 where !consumers.isEmpty:
        let index = Int(random.below(Int64(consumers.count)))
        // Killed without a word, or gone with one.
        if random.chance(1, in: 2) { try leave(consumers[index], &world) }
        consumers.remove(at: index)
      case 3 where !consumers.isEmpty:
        let index = Int(random.below(Int64(consumers.count)))
        consumers[index].names = ["t", "u", "v"].filter { _ in random.chance(1, in: 2) }
        try beat(&consumers[index], &world, isFull: true, loses: false)
      case 4: world.topics.add("u", max(world.topics.topic(named: "u")!.partitionCount, 3 + Int32(random.below(3))))
      case 5: world.pass(.seconds(20))
      default:
        guard !consumers.isEmpty else { break }
        let index = Int(random.below(Int64(consumers.count)))
        try beat(&consumers[index], &world, isFull: random.chance(1, in: 3), loses: random.chance(1, in: 10))
      }
      try world.expire()
      #expect(world.group.epoch >= epochs.group)
      #expect(world.group.targetEpoch >= epochs.target)
      #expect(world.group.targetEpoch <= world.group.epoch)
      epochs = (world.group.epoch, world.group.targetEpoch)
    }
    if consumers.isEmpty { consumers.append(Consumer(id: "last", names: ["t", "u", "v"])) }
    // Who has gone silent is taken out, and the rest settle.
    for _ in 0..<120 {
      world.pass(.milliseconds(1_000))
      for index in consumers.indices { try beat(&consumers[index], &world, isFull: false, loses: false) }
      try world.expire()
    }
    #expect(world.group.state == .stable)
    #expect(world.group.members.keys == consumers.map(\.id).sorted())
    for name in world.group.subscribedTopics {
      guard let topic = world.topics.topic(named: name) else { continue }
      for partition in 0..<topic.partitionCount { #expect(world.group.owner(of: partition, of: topic.id) != nil, "\(name)-\(partition)") }
    }
    // Who joins without a wish changes nobody's target, and has none itself.
    for member in world.group.members.values { #expect(member.assigned.assignment == world.group.targets[member.id] ?? PartitionAssignment()) }
  }

  private func leave(_ consumer: Consumer, _ world: inout GroupWorld) throws {
    guard consumer.epoch > 0, world.group.members[consumer.id] != nil else { return }
    try world.heartbeat(world.beat(consumer.id, -1, instance: consumer.instance))
  }

  /// One heartbeat. Where the answer is lost, the consumer knows nothing of it; where it is fenced, it drops everything and joins anew with the next.
  private func beat(_ consumer: inout Consumer, _ world: inout GroupWorld, isFull: Bool, loses: Bool) throws {
    if let told = consumer.told {
      consumer.owned = told
      consumer.told = nil
    }
    var request: ConsumerGroupHeartbeatRequest
    if consumer.epoch == 0 {
      request = world.join(consumer.id, consumer.names, instance: consumer.instance, pattern: consumer.pattern)
    } else {
      request = world.beat(consumer.id, consumer.epoch, instance: consumer.instance, owned: consumer.owned)
      if isFull {
        request.rebalanceTimeoutMs = 30_000
        request.subscribedTopicNames = consumer.names
      }
    }
    do {
      let answer = try world.heartbeat(request)
      if loses { return }
      consumer.epoch = answer.memberEpoch
      if let assignment = answer.assignment {
        var told: [String: [Int32]] = [:]
        for topic in assignment.topicPartitions {
          if let name = ["t", "u", "v"].first(where: { TestTopics.id($0) == topic.topicId }) { told[name] = topic.partitions }
        }
        consumer.told = told
      }
    } catch let refusal as Refusal {
      #expect([.unknownMemberId, .fencedMemberEpoch, .unreleasedInstanceId].contains(refusal.code), "\(refusal)")
      consumer.epoch = 0
      consumer.owned = [:]
      consumer.told = nil
    }
  }
}
