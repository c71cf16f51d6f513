import Host
import Primitives
import Testing

struct EarliestTimerTests {
  /// A timer, and when it ran.
  private final class Ran {
    let world = TestWorld()
    var instants: [Int64] = []
    lazy var timer = EarliestTimer(world.reactor) { [unowned self] in instants.append(world.now.nanoseconds) }

    func set(_ nanoseconds: Int64...) {
      for instant in nanoseconds { timer.set(at: Instant(nanoseconds: instant)) }
    }
  }

  @Test func `A timer fires once, at the earliest of the instants it was set for`() {
    let ran = Ran()
    ran.set(30, 10, 20, 10)
    #expect(ran.timer.due == Instant(nanoseconds: 10))
    ran.world.run(for: .seconds(1))
    #expect(ran.instants == [10])
    #expect(ran.timer.due == nil)
  }

  @Test func `After it has fired, a timer can be set for a later instant`() {
    let ran = Ran()
    ran.set(10)
    ran.world.run(until: Instant(nanoseconds: 15))
    ran.set(40)
    ran.world.run(for: .seconds(1))
    #expect(ran.instants == [10, 40])
  }

  @Test func `An instant in the past means now`() {
    let ran = Ran()
    ran.world.run(until: Instant(nanoseconds: 50))
    ran.set(20)
    ran.world.run(for: .seconds(1))
    #expect(ran.instants == [50])
  }

  @Test func `A cancelled timer does not fire, and can be set again`() {
    let ran = Ran()
    ran.set(10)
    ran.timer.cancel()
    #expect(ran.timer.due == nil)
    ran.set(30)
    ran.world.run(for: .seconds(1))
    #expect(ran.instants == [30])
  }

  @Test func `A timer ends with its owner`() {
    let world = TestWorld()
    var runs = 0
    var timer: EarliestTimer? = EarliestTimer(world.reactor) { runs += 1 }
    timer?.set(at: Instant(nanoseconds: 10))
    timer = nil
    world.run(for: .seconds(1))
    #expect(runs == 0)
  }
}
