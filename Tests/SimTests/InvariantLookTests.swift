import Host
import Primitives
import Sim
import Testing

/// A node with a timer each millisecond, whose count must stay below a bound.
private final class Counter: Node {
  private let host: any NodeHost
  private let bound: Int
  private var count = 0

  init(_ host: any NodeHost, bound: Int) {
    self.host = host
    self.bound = bound
  }

  func start() { host.after(.milliseconds(1), Timer(routine: 1)) }

  func handle(_ event: Event) {
    count += 1
    host.after(.milliseconds(1), Timer(routine: 1))
  }

  func shutdown() { host.exit() }

  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(count >= 0, "the count is negative")
    check.require(count < bound, "the count is \(count)")
  }
}

/// A node that relies on something which is true for a while.
private final class Believer: Node {
  private let host: any NodeHost
  private var count = 0

  init(_ host: any NodeHost) { self.host = host }

  func start() { host.after(.milliseconds(1), Timer(routine: 1)) }

  func handle(_ event: Event) {
    count += 1
    mustHold(count < 3, "the count is \(count)")
    if count < 4 { host.after(.milliseconds(1), Timer(routine: 1)) }
  }

  func shutdown() { host.exit() }
}

@Suite struct InvariantLookTests {
  private func world(bound: Int, checks: Bool = true) -> World {
    var options = WorldOptions()
    options.checksInvariants = checks
    let world = World(seed: 1, options: options)
    world.start(world.addNode(name: "counter") { Counter($0, bound: bound) })
    return world
  }

  @Test func `A node is checked after each of its events, and a broken invariant is reported once`() {
    let world = world(bound: 5)
    var told: [String] = []
    world.onBrokenInvariant = { told.append("\(world.name(of: $0)): \($1)") }
    world.run(for: .milliseconds(8))
    #expect(told.first == "counter: the count is 5")
    #expect(told == world.invariants.broken.map { "counter: \($0.words)" })
    #expect(Set(told).count == told.count)
    #expect(world.invariants.examined == 2 * Int(world.statistics.events))
  }

  @Test(arguments: [true, false]) func `What a node relies on and does not hold is reported with its event, unless nobody is to hear of it`(isHeard: Bool) {
    var options = WorldOptions()
    options.checksInvariants = false
    let world = World(seed: 1, options: options)
    world.hearsOfStatements = isHeard
    world.start(world.addNode(name: "believer") { Believer($0) })
    var told: [String] = []
    world.onBrokenInvariant = { told.append("\(world.name(of: $0)): \($1)") }
    world.runUntil(world.now + .milliseconds(2)) {
      // Not by this world.
      mustHold(false, "somebody else relies on something")
      return false
    }
    world.run(for: .milliseconds(20))
    #expect(told == (isHeard ? ["believer: the count is 3", "believer: the count is 4"] : []))
    #expect(world.invariants.broken.map(\.words) == (isHeard ? ["the count is 3", "the count is 4"] : []))
  }

  @Test func `After enough broken invariants nothing more is checked`() {
    let world = world(bound: 5)
    world.run(for: .milliseconds(100))
    #expect(world.invariants.broken.count == InvariantFindings.most)
    let examined = world.invariants.examined
    world.run(for: .milliseconds(100))
    #expect(world.invariants.examined == examined)
  }

  @Test func `Checks do not change what happens, and there are none if they are off`() {
    let looked = world(bound: 5), unlooked = world(bound: 5, checks: false)
    looked.run(for: .milliseconds(50))
    unlooked.run(for: .milliseconds(50))
    #expect(looked.traceHash == unlooked.traceHash)
    #expect(unlooked.invariants.examined == 0 && unlooked.invariants.broken.isEmpty)
    unlooked.checkInvariants()
    #expect(unlooked.invariants.examined > 0, "whoever asks is answered")
  }

  @Test func `A final check covers nodes that had no event since`() {
    let world = world(bound: 5)
    world.run(for: .milliseconds(3))
    let examined = world.invariants.examined
    world.checkInvariants()
    #expect(world.invariants.examined == examined + 2 && world.invariants.broken.isEmpty)
  }

  @Test func `A partial check covers one part of each list, and enough of them cover all`() {
    var seen: Set<String> = []
    for turn: UInt64 in 0..<6 {
      var check = InvariantCheck(turn: turn)
      check.each(of: ["a", "b"]) { outer, check in
        check.each(of: [1, 2, 3]) { inner, _ in seen.insert("\(outer)\(inner)") }
      }
      check.each(of: [String]()) { part, _ in seen.insert(part) }
      #expect(seen.count == Int(turn) + 1)
    }
    var count = 0
    var whole = InvariantCheck()
    whole.each(of: ["a", "b"]) { _, check in check.each(of: [1, 2, 3]) { _, _ in count += 1 } }
    #expect(count == 6)
  }
}
