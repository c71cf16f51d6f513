import Host
import Primitives

/// The workers that process what a group member is given: each takes one record at a time, in the order in which the records were handed over.
final class RecordWorkers {
  private let reactor: Reactor
  private let timePerRecord: Duration
  private let limit: Int
  private var active = 0
  private var waiting: ContiguousArray<History.Entry> = []
  /// The first record that no worker has started.
  private var next = 0
  /// Called once, when nothing is left.
  private var whenDone: (() -> Void)?
  private let worked: (ContiguousArray<History.Entry>) -> Void

  /// - Parameters:
  ///   - count: the number of workers.
  ///   - worked: called when the processing of records has ended.
  init(_ count: Int, timePerRecord: Duration, _ reactor: Reactor, worked: @escaping (ContiguousArray<History.Entry>) -> Void) {
    limit = count
    self.timePerRecord = timePerRecord
    self.reactor = reactor
    self.worked = worked
  }

  /// Whether any record is left to process.
  var isBusy: Bool { active > 0 || next < waiting.count }

  /// Takes records. Work that takes no time is done when this returns.
  /// - Parameter whenDone: called when nothing is left, perhaps before this returns.
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
