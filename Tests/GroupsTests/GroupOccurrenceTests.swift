import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// What a coordinator tells observers of classic groups and of offsets.
@Suite struct GroupOccurrenceTests {
  static func words(_ occurrences: [Occurrence]) -> [String] {
    occurrences.map { occurrence in
      switch occurrence {
      case .groupsLoaded(let partition): "loaded \(partition)"
      case .groupsUnloaded(let partition): "unloaded \(partition)"
      case .groupChanged(let standing): "\(standing.state) \(standing.generation), \(standing.members)"
      case .memberJoined(_, let member): "\(member) joined"
      case .memberLeft(_, let member): "\(member) left"
      case .memberEvicted(_, let member, let reason): "\(member) evicted: \(reason.rawValue)"
      case .memberFenced(_, let member, let error): "\(member) fenced: \(ErrorCode(rawValue: error))"
      case .offsetCommitted(_, let partition, let offset): "\(partition) \(offset)"
      default: "something else"
      }
    }
  }

  private func told(_ fixture: ShardFixture) -> [String] { Self.words(fixture.shard.takeOccurrences()) }

  /// A stable group of one.
  private func group() -> ShardFixture {
    let fixture = ShardFixture()
    _ = fixture.joinInTwoSteps("a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "x")])
    return fixture
  }

  @Test func `A new member is reported, and each state and generation of the group`() {
    #expect(told(group()) == ["a joined", "PreparingRebalance 0, 1", "CompletingRebalance 1, 1", "Stable 1, 1"])
  }

  @Test func `Heartbeats and queries are not reported`() {
    let fixture = group()
    _ = told(fixture)
    #expect(fixture.heartbeat(as: "a", generation: 1) == .none)
    _ = fixture.offsets()
    #expect(told(fixture) == [])
  }

  @Test func `A member that leaves is distinguished from one whose session expired`() {
    let leaves = group()
    _ = told(leaves)
    _ = leaves.leave([("a", nil)])
    #expect(told(leaves) == ["a left", "Empty 2, 0"])
    let vanishes = group()
    _ = told(vanishes)
    vanishes.run(.seconds(10))
    #expect(told(vanishes) == ["a evicted: sessionTimeout", "Empty 2, 0"])
  }

  @Test func `A request for a removed member, or with an old generation, is fenced`() {
    let fixture = group()
    _ = told(fixture)
    _ = fixture.heartbeat(as: "a", generation: 0)
    _ = fixture.commitOffsets(as: "a", generation: 0, [("t", 0, 5)])
    fixture.sync(as: "a", generation: 0)
    _ = fixture.heartbeat(as: "stranger", generation: 1)
    #expect(
      told(fixture) == [
        "a fenced: ILLEGAL_GENERATION", "a fenced: ILLEGAL_GENERATION", "a fenced: ILLEGAL_GENERATION", "stranger fenced: UNKNOWN_MEMBER_ID",
      ])
  }

  @Test func `Offsets are reported when they are committed, and never if that fails`() {
    let fixture = group()
    _ = told(fixture)
    fixture.holdsRecords = true
    _ = fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)])
    #expect(told(fixture) == [])
    fixture.commit()
    #expect(told(fixture) == ["t-0 5"])
    _ = fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 6)])
    fixture.commit(.coordinatorNotAvailable)
    #expect(told(fixture) == [])
  }

  @Test func `A new coordinator reports what it took over, and one without groups reports nothing`() {
    let fixture = group()
    var next = fixture.replayed()
    next.loaded(at: fixture.time)
    #expect(Self.words(next.takeOccurrences()) == ["loaded __consumer_offsets-0", "Stable 1, 1"])
    next.unloaded()
    #expect(Self.words(next.takeOccurrences()) == ["unloaded __consumer_offsets-0"])
    var empty = GroupShard(settings: fixture.shard.settings)
    empty.loaded(at: fixture.time)
    empty.unloaded()
    #expect(empty.takeOccurrences().isEmpty)
  }
}
