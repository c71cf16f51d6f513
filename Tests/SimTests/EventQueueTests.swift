import Primitives
import Testing

@testable import Sim

@Suite struct EventQueueTests {
  /// Takes and inserts at random, as a world does, and writes down the order in which everything leaves.
  private func order<Queue: EventQueue & ~Copyable>(_ queue: consuming Queue, seed: UInt64) -> [Int] where Queue.Element == Int {
    var queue = queue
    var random = RandomStream(seed: seed, purpose: "schedule")
    var now: Int64 = 0
    var number = 0
    var left: [Int] = []
    let spans: [Int64] = [1, 100, 1_024, 50_000, 3_000_000, 1_000_000_000, 90_000_000_000, 4_000_000_000_000_000]
    for _ in 0..<4_000 {
      for _ in 0..<random.below(4) {
        queue.insert(number, at: Instant(nanoseconds: now + random.below(random.pick(spans))))
        number += 1
      }
      // A limit before the next event must leave it where it is.
      let limit = random.chance(1, in: 3) ? Instant(nanoseconds: now + random.below(2_000)) : .distantFuture
      if let (time, element) = queue.removeNext(through: limit) {
        #expect(time.nanoseconds >= now && time <= limit)
        now = time.nanoseconds
        left.append(element)
      } else if limit != .distantFuture {
        now = limit.nanoseconds
      }
    }
    while let (time, element) = queue.removeNext(through: .distantFuture) {
      #expect(time.nanoseconds >= now)
      now = time.nanoseconds
      left.append(element)
    }
    #expect(left.count == number)
    return left
  }

  @Test(arguments: 1...12) func `The wheel gives the same order as the heap`(seed: UInt64) {
    #expect(order(TimingWheel<Int>(), seed: seed) == order(HeapQueue<Int>(), seed: seed))
  }

  @Test func `Events of one instant leave in the order in which they came`() {
    var wheel = TimingWheel<Int>()
    for number in 0..<3_000 { wheel.insert(number, at: Instant(nanoseconds: 70_000_000)) }
    for number in 0..<3_000 { #expect(wheel.removeNext(through: .distantFuture)?.element == number) }
    #expect(wheel.count == 0)
  }

  @Test func `Events of one tick leave in the order of their exact times`() {
    var wheel = TimingWheel<Int64>()
    for time in [1_030, 1_025, 2_000, 1_024, 1_999, 1_026] as [Int64] { wheel.insert(time, at: Instant(nanoseconds: time)) }
    var left: [Int64] = []
    while let (_, time) = wheel.removeNext(through: .distantFuture) { left.append(time) }
    #expect(left == [1_024, 1_025, 1_026, 1_030, 1_999, 2_000])
  }

  @Test func `A limit leaves later events and their order`() {
    var wheel = TimingWheel<Int>()
    wheel.insert(2, at: Instant(nanoseconds: 5_000_000))
    #expect(wheel.removeNext(through: Instant(nanoseconds: 4_999_999)) == nil)
    wheel.insert(1, at: Instant(nanoseconds: 4_999_999))
    #expect(wheel.removeNext(through: .distantFuture)?.element == 1)
    #expect(wheel.removeNext(through: .distantFuture)?.element == 2)
  }

  @Test func `Events fit into 32 bytes`() {
    #expect(MemoryLayout<WorldEvent>.size <= 32)
    #expect(MemoryLayout<NodeEvent>.size <= 32)
  }
}
