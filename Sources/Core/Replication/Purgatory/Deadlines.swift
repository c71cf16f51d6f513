import Host
import Primitives

/// A request that waits in a purgatory.
protocol DelayedOperation: AnyObject {
  var isDone: Bool { get }

  /// Answers with what there is: the time to wait is over. Nothing happens where it was answered before.
  func expire()
}

/// The latest times at which waiting requests must be answered, the earliest first.
///
/// One timer looks after all of them: nearly every request is answered long before, and a timer of its own would cost it more than
/// everything else about waiting. Requests that were answered are cleared away when they may have come to outnumber the others.
final class Deadlines<Operation: DelayedOperation> {
  private struct Entry {
    let deadline: Instant
    let operation: Operation
  }

  private var entries: ContiguousArray<Entry> = []
  private var clearingThreshold = 16
  private var timer: ScheduledTimer?
  /// When the timer fires, where there is one: no waiting request's deadline comes before.
  var watchedDeadline = Instant.distantFuture
  private let reactor: Reactor

  init(reactor: Reactor) { self.reactor = reactor }

  deinit { reactor.cancel(timer) }

  func insert(_ operation: Operation, after delay: Duration) {
    if entries.count >= clearingThreshold {
      entries.removeAll { $0.operation.isDone }
      clearingThreshold = max(16, 2 * entries.count)
    }
    let deadline = reactor.now + delay
    var place = entries.count
    while place > 0, entries[place - 1].deadline > deadline { place -= 1 }
    entries.insert(Entry(deadline: deadline, operation: operation), at: place)
    watch(deadline)
  }

  /// When the first of those that wait must be answered; nil where none waits.
  var earliest: Instant? { entries.first?.deadline }

  /// Whether a timer fires no later than a deadline.
  func isWatched(_ deadline: Instant) -> Bool { timer != nil && watchedDeadline <= deadline }

  var isInOrder: Bool { zip(entries, entries.dropFirst()).allSatisfy { $0.deadline <= $1.deadline } }

  private func watch(_ deadline: Instant) {
    if timer != nil {
      guard deadline < watchedDeadline else { return }
      reactor.cancel(timer)
    }
    watchedDeadline = deadline
    timer = reactor.after(deadline - reactor.now) { [unowned self] in
      timer = nil
      expireDue()
    }
  }

  private func expireDue() {
    let now = reactor.now
    let due = entries.firstIndex { $0.deadline > now && !$0.operation.isDone } ?? entries.count
    let expired = entries[..<due]
    entries.removeFirst(due)
    if let next = entries.first { watch(next.deadline) }
    // Last, because an answer may bring a new request in at once.
    for entry in expired { entry.operation.expire() }
  }
}
