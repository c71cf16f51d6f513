import Host
import Primitives

/// A request that waits in a purgatory.
protocol DelayedOperation: AnyObject {
  var isDone: Bool { get }

  /// Answers with what there is, because the maximum wait is over. Does nothing if it was already answered.
  func expire()
}

/// The deadlines of waiting requests, the earliest first.
///
/// Nearly every request is answered long before. Answered requests are removed when they may outnumber the others, and the objects that nobody else holds are
/// kept for the next requests.
final class Deadlines<Operation: DelayedOperation> {
  struct Entry {
    let deadline: Instant
    var operation: Operation
  }

  var entries: ContiguousArray<Entry> = []
  private var clearingThreshold = 16
  private var spare: ContiguousArray<Operation> = []
  private let reactor: Reactor
  /// Set no later than the earliest deadline.
  private(set) lazy var timer = EarliestTimer(reactor) { [unowned self] in expireDue() }

  init(reactor: Reactor) { self.reactor = reactor }

  func insert(_ operation: Operation, after delay: Duration) {
    if entries.count >= clearingThreshold { clear() }
    let deadline = reactor.now + delay
    var place = entries.count
    while place > 0, entries[place - 1].deadline > deadline { place -= 1 }
    let entry = Entry(deadline: deadline, operation: operation)
    if place == entries.count { entries.append(entry) } else { entries.insert(entry, at: place) }
    timer.set(at: deadline)
    mustHold(timer.due.map { $0 <= deadline } ?? false, "a request has to be answered at \(deadline), and no timer looks after it")
  }

  private func clear() {
    var kept = 0
    for index in entries.indices {
      if entries[index].operation.isDone {
        keep(&entries[index].operation)
      } else {
        entries.swapAt(kept, index)
        kept += 1
      }
    }
    entries.removeLast(entries.count - kept)
    clearingThreshold = max(16, 2 * entries.count)
  }

  /// An object for the next request; nil if none is left over.
  func takeSpare() -> Operation? { spare.popLast() }

  /// Keeps an object that was answered for the next request, unless somebody else holds it.
  func keep(_ operation: inout Operation) {
    if spare.count < Self.mostSpare, isKnownUniquelyReferenced(&operation) { spare.append(operation) }
  }

  private static var mostSpare: Int { 32 }

  /// When the first of the waiting requests must be answered; nil if none waits.
  var earliest: Instant? { entries.first?.deadline }

  private func expireDue() {
    let now = reactor.now
    let due = entries.firstIndex { $0.deadline > now && !$0.operation.isDone } ?? entries.count
    let expired = entries[..<due]
    entries.removeFirst(due)
    if let next = entries.first { timer.set(at: next.deadline) }
    // Must come last, because an answer may immediately bring a new request.
    for entry in expired {
      entry.operation.expire()
      mustHold(entry.operation.isDone, "a request had time until \(entry.deadline), and was not answered")
    }
  }
}
