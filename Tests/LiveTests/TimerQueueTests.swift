import Host
import Primitives
import Testing

@testable import Live

@Suite struct TimerQueueTests {
  private func subjects(of queue: inout TimerQueue, dueAt nanoseconds: Int64) -> [UInt64] {
    var subjects: [UInt64] = []
    while let timer = queue.next(dueAt: Instant(nanoseconds: nanoseconds)) { subjects.append(timer.subject) }
    return subjects
  }

  @Test func `Timers fire in the order of their deadlines, and equal ones in the order in which they were set`() {
    var queue = TimerQueue()
    for (subject, deadline) in [(1, 30), (2, 10), (3, 20), (4, 10)] as [(UInt64, Int64)] {
      _ = queue.insert(Timer(routine: 0, subject: subject), at: Instant(nanoseconds: deadline))
    }
    #expect(subjects(of: &queue, dueAt: 20) == [2, 4, 3])
    #expect(queue.earliest() == Instant(nanoseconds: 30))
    #expect(subjects(of: &queue, dueAt: 30) == [1])
    #expect(queue.earliest() == nil)
  }

  @Test func `A cancelled timer never fires`() {
    var queue = TimerQueue()
    let ids = (0..<1_000).map { queue.insert(Timer(routine: 0, subject: $0), at: Instant(nanoseconds: Int64($0))) }
    for (index, id) in ids.enumerated() where index % 100 != 7 { queue.remove(id) }
    #expect(subjects(of: &queue, dueAt: 2_000) == Array(stride(from: 7, to: 1_000, by: 100)))
  }

  @Test func `A timer can be cancelled only once`() {
    var queue = TimerQueue()
    let first = queue.insert(Timer(routine: 0, subject: 1), at: .zero)
    _ = queue.insert(Timer(routine: 0, subject: 2), at: .zero)
    queue.remove(first)
    queue.remove(first)
    #expect(subjects(of: &queue, dueAt: 0) == [2])
  }
}
