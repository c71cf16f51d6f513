import Host
import Primitives

/// Those who work on what a member of a group is given: each on one record at a time, in the order in which the records were handed over.
final class RecordWorkers {
  private let reactor: Reactor
  private let timePerRecord: Duration
  private let limit: Int
  private var active = 0
  private var waiting: ContiguousArray<History.Entry> = []
  /// The first of them that nobody has begun with.
  private var next = 0
  /// Runs once, when nothing is left.
  private var whenDone: (() -> Void)?
  private let worked: (ContiguousArray<History.Entry>) -> Void

  /// - Parameters:
  ///   - count: how many there are.
  ///   - worked: called when work on records has ended.
  init(_ count: Int, timePerRecord: Duration, _ reactor: Reactor, worked: @escaping (ContiguousArray<History.Entry>) -> Void) {
    limit = count
    self.timePerRecord = timePerRecord
    self.reactor = reactor
    self.worked = worked
  }

  /// Whether anything is left to be worked on.
  var isBusy: Bool { active > 0 || next < waiting.count }

  /// Takes records over. Work that takes no time is done when this returns.
  /// - Parameter whenDone: runs when nothing is left, perhaps at once.
  func take(_ entries: ContiguousArray<History.Entry>, whenDone: (() -> Void)? = nil) {
    guard timePerRecord > .zero else {
      if !entries.isEmpty { worked(entries) }
      whenDone?()
      return
    }
    if next == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      next = 0
    }
    waiting.append(contentsOf: entries)
    guard next < waiting.count || active > 0 else {
      whenDone?()
      return
    }
    self.whenDone = whenDone
    while active < limit, next < waiting.count { begin() }
  }

  private func begin() {
    let entry = waiting[next]
    next += 1
    active += 1
    reactor.after(timePerRecord) { [unowned self] in
      active -= 1
      worked([entry])
      if next < waiting.count { return begin() }
      guard active == 0, let then = whenDone else { return }
      whenDone = nil
      then()
    }
  }
}
