import Primitives
import Testing

@testable import Sim

@Suite struct ClockTests {
  private let origin = WorldOptions().wallClockOrigin

  private func world() -> (World, NodeIndex) {
    let world = World(seed: 1, options: .ideal)
    return (world, world.addProbe("one").node)
  }

  @Test func `Wall clocks begin at the origin`() {
    let (world, node) = world()
    world.run(for: .seconds(3))
    #expect(world.wallClock(of: node) == origin + .seconds(3))
  }

  @Test func `A clock is skewed and jumps while the monotonic one goes on`() {
    let (world, node) = world()
    world.setClockSkew(node, .seconds(-5))
    #expect(world.wallClock(of: node) == origin + .seconds(-5))
    world.jumpClock(node, by: .seconds(60))
    world.run(for: .seconds(1))
    #expect(world.wallClock(of: node) == origin + .seconds(56))
    #expect(world.now == .zero + .seconds(1))
  }

  @Test func `A drift grows with time, and what it added stays`() {
    let (world, node) = world()
    world.setClockDrift(node, partsPerMillion: 1_000)
    world.run(for: .seconds(100))
    #expect(world.wallClock(of: node) == origin + .seconds(100) + .milliseconds(100))
    world.setClockDrift(node, partsPerMillion: 0)
    world.run(for: .seconds(100))
    #expect(world.wallClock(of: node) == origin + .seconds(200) + .milliseconds(100))
  }

  @Test func `A clock before 1970 is rounded down`() {
    let (world, node) = world()
    world.setClockSkew(node, Duration(nanoseconds: -1_767_225_600_000_000_000 - 1_500_000))
    #expect(world.wallClock(of: node) == Timestamp(milliseconds: -2))
  }

  @Test func `A clock that jumps repeatedly stops 146 years ahead`() {
    let (world, node) = world()
    for _ in 0..<100 { world.jumpClock(node, by: .seconds(36_525 * 86_400)) }
    let farthest = world.wallClock(of: node)
    #expect(farthest == origin + Duration(nanoseconds: 1 << 62))
    world.setClockDrift(node, partsPerMillion: 1_000_000)
    world.run(for: .seconds(30 * 86_400))
    #expect(world.wallClock(of: node) == farthest + .seconds(30 * 86_400))
    for _ in 0..<200 { world.jumpClock(node, by: .seconds(-36_525 * 86_400)) }
    #expect(world.wallClock(of: node) < origin)
  }
}
