import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// Requests of both protocols in any order, most of them by those who may not send them, drawn by a seed; sessions that end, coordinators that move, and records that the log does not take.
@Suite struct RandomMigrationTests {
  @Test(arguments: 0..<60)
  func `No partition has two owners, and a reader of the log has the same group`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "migration")
    let policies = GroupMigrationPolicy.allCases
    let world = MigrationWorld(policy: policies[Int(random.below(Int64(policies.count)))])
    // Those that were given an id last, and one that chose its own.
    var names = ["own"]
    var made = 0
    var kinds: (classic: Int, consumer: Int) = (0, 0)
    for _ in 0..<200 {
      let member = names[Int(random.below(Int64(names.count)))]
      let instance = random.chance(1, in: 5) ? "i\(random.below(2))" : nil
      let generation = (world.consumer?.members[member]?.epoch ?? world.classic?.generation ?? 1) - (random.chance(1, in: 8) ? 1 : 0)
      let owned = (Int32(0)..<3).filter { _ in random.chance(1, in: 3) }
      world.refusesRecords = random.chance(1, in: 12)
      switch random.below(14) {
      case 0, 1:
        made += 1
        if names.count == 6 { names.remove(at: 1) }
        names.append("m\(made)")
        world.join("m\(made)", isNew: true, instance: instance, owned: owned, version: random.chance(1, in: 2) ? 3 : 9)
      case 2, 3, 4: world.join(member, instance: instance, topics: random.chance(1, in: 4) ? ["t", "u"] : ["t"], owned: owned, version: 9)
      case 5, 6:
        world.sync(
          member, generation, assigning: names.map { name in (member: name, partitions: (Int32(0)..<3).filter { _ in random.chance(1, in: 3) }) },
          instance: instance)
      case 7: _ = world.heartbeat(member, generation, instance: instance)
      case 8: _ = world.leave([(member, instance)])
      case 9, 10: _ = world.beat(member, random.chance(1, in: 3) ? 0 : generation, instance: instance, owned: random.chance(1, in: 2) ? owned : nil)
      case 11: _ = world.beat(member, instance != nil && random.chance(1, in: 2) ? -2 : -1, instance: instance)
      case 12: _ = world.commit(member, generation, random.below(100), partition: Int32(random.below(3)))
      default:
        world.refusesRecords = false
        if random.chance(1, in: 4) { world.move() }
        world.run(.milliseconds(random.below(9_000)))
      }
      check(world)
      if world.consumer?.members.isEmpty == false { kinds.consumer += 1 }
      if world.classic?.members.isEmpty == false { kinds.classic += 1 }
    }
    #expect(kinds.classic + kinds.consumer > 0)
  }

  private func check(_ world: MigrationWorld) {
    var check = InvariantCheck()
    world.shard.checkInvariants(&check, "shard")
    #expect(check.broken.isEmpty, "\(check.broken)")
    guard let group = world.consumer else { return }
    // A classic group is ahead of its record.
    #expect(world.shard.recordedState == world.reader.recordedState)
    var owners: [TopicPartitionKey: String] = [:]
    for member in group.members.values {
      for entry in member.assigned.entries + member.pendingRevocation.entries {
        let former = owners.updateValue(member.id, forKey: TopicPartitionKey(entry.topic, entry.partition))
        #expect(former == nil, "\(entry.partition) belongs to \(former ?? "") and \(member.id)")
      }
    }
  }
}
