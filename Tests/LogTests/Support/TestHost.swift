import Host
import Primitives

/// One life of a node that consists of logs alone. Time moves when a test says so.
final class TestHost: NodeHost {
  let testDisk: TestDisk
  var now = Instant.zero
  var wallClock = Timestamp(milliseconds: 1_000_000)
  var random = RandomStream(seed: 1, purpose: "node")
  var occurrences: [Occurrence] = []
  private var timers: [(id: UInt64, at: Instant, timer: Timer)] = []
  private var nextTimer: UInt64 = 0
  private(set) lazy var reactor = Reactor(host: self)

  init(_ disk: TestDisk) {
    testDisk = disk
    disk.clock = { [unowned self] in wallClock }
  }

  var disk: any Disk { testDisk }

  func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    nextTimer += 1
    timers.append((nextTimer, now + delay, timer))
    return TimerID(nextTimer)
  }

  func cancel(_ timer: TimerID) { timers.removeAll { $0.id == timer.value } }
  func connect(to address: Address) -> ConnectionID { ConnectionID(0) }
  func send(_ frame: Frame, on connection: ConnectionID) {}
  func close(_ connection: ConnectionID) {}
  func spend(_ cost: Cost) {}
  func report(_ occurrence: Occurrence) { occurrences.append(occurrence) }
  func exit() {}

  /// Ends every disk operation under way, and those that follow from them.
  func finishDiskOperations() {
    while finishDiskOperation() {}
  }

  @discardableResult
  func finishDiskOperation() -> Bool {
    guard let (operation, error) = testDisk.finishNext() else { return false }
    reactor.dispatch(.disk(operation, error))
    return true
  }

  func advance(_ duration: Duration) {
    let end = now + duration
    while let next = timers.filter({ $0.at <= end }).min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
      timers.removeAll { $0.id == next.id }
      wallClock = wallClock + (next.at - now)
      now = next.at
      reactor.dispatch(.timer(next.timer))
      finishDiskOperations()
    }
    wallClock = wallClock + (end - now)
    now = end
  }

  var recoveries: [(end: Offset, bytesCut: Int)] {
    occurrences.compactMap { if case .logRecovered(_, let end, let bytes) = $0 { (end, bytes) } else { nil } }
  }

  var warnings: [String] { occurrences.compactMap { if case .warning(let text) = $0 { text } else { nil } } }

  var notes: [String] { occurrences.compactMap { if case .note(let text) = $0 { text } else { nil } } }
}
