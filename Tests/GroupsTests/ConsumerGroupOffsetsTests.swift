import Primitives
import Testing
import Wire

@testable import Groups

@Suite struct ConsumerGroupOffsetsTests {
  /// `a` is in epoch 3; it has partition 0 since epoch 2, and 1 since 3.
  private func world() throws -> GroupWorld {
    var world = GroupWorld(TestTopics(["t": 1]))
    try world.heartbeat(world.join("a"))
    world.topics.add("t", 2)
    try world.heartbeat(world.beat("a", 2))
    #expect(world.group.members["a"]?.epoch == 3)
    return world
  }

  private func commit(_ group: ConsumerGroup, _ member: String, _ epoch: Int32, _ partitions: [Int32], version: Int16 = 9, isTransactional: Bool = false) throws {
    try group.checkCommit(
      by: ConsumerGroup.Committer(memberId: member, epoch: epoch, isTransactional: isTransactional, version: version),
      for: partitions.map { (topic: TestTopics.id("t"), partition: $0) })
  }

  @Test func `A member commits in its epoch, and in an earlier one for its partitions at that time`() throws {
    let group = try world().group
    try commit(group, "a", 3, [0, 1, 5])
    try commit(group, "a", 2, [0])
    expectRefusal(.staleMemberEpoch) { try commit(group, "a", 2, [0, 1]) }
    expectRefusal(.staleMemberEpoch) { try commit(group, "a", 2, [5]) }
    expectRefusal(.staleMemberEpoch) { try commit(group, "a", 1, [0]) }
    expectRefusal(.staleMemberEpoch) { try commit(group, "a", 4, [0]) }
    expectRefusal(.unsupportedVersion) { try commit(group, "a", 3, [0], version: 8) }
  }

  @Test func `A client without a member commits only while the group is empty, or in a transaction without a member`() throws {
    let group = try world().group
    expectRefusal(.unknownMemberId) { try commit(group, "", -1, [0]) }
    expectRefusal(.unknownMemberId) { try commit(group, "b", 3, [0]) }
    try commit(group, "", -1, [0], isTransactional: true)
    try commit(ConsumerGroup(id: "g"), "", -1, [0])
  }

  @Test func `Offsets are returned to members in their epoch, and to clients without a member`() throws {
    let group = try world().group
    try group.checkFetch(memberId: nil, epoch: -1)
    try group.checkFetch(memberId: "a", epoch: 3)
    expectRefusal(.staleMemberEpoch) { try group.checkFetch(memberId: "a", epoch: 2) }
    expectRefusal(.unknownMemberId) { try group.checkFetch(memberId: "b", epoch: 3) }
  }
}
