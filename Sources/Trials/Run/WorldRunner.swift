import Primitives
import Sim

/// Runs the world of a trial, and notices livelocks.
final class WorldRunner {
  /// How often to check for waiting clients, and for time that stands still.
  static let lookInterval = Duration.milliseconds(250)
  /// The number of events in `lookInterval` above which time may be standing still. The busiest benchmarks reach a tenth of it.
  private static let eventBound: UInt64 = 20_000_000

  /// The activity that goes on forever, if there is one.
  private(set) var livelock: String?
  private let world: World
  private let observer: Observer
  /// Of the scenario, on its clock.
  private let end: Duration
  private let onProgress: ((TrialProgress) -> Void)?
  private var pause: (instant: Instant, body: () -> Void)?

  /// - Parameter onProgress: told after each piece that is run.
  init(_ world: World, _ observer: Observer, end: Duration, onProgress: ((TrialProgress) -> Void)?) {
    self.world = world
    self.observer = observer
    self.end = end
    self.onProgress = onProgress
  }

  /// Runs a closure once, after the last event of an instant. It may look at the world and must not change it.
  func pause(at instant: Instant, _ body: @escaping () -> Void) { pause = (instant, body) }

  /// Forgets the closure, if it did not run.
  func removePause() { pause = nil }

  /// Runs the world, and looks among its nodes after each event where nobody asks each of them.
  private func runWorld(until end: Instant, _ condition: () -> Bool = { false }) -> Bool {
    guard let cluster = observer.cluster, cluster.looksByItself else { return runUnobserved(until: end, condition) }
    return runUnobserved(until: end) {
      cluster.lookIfStirred()
      return condition()
    }
  }

  private func runUnobserved(until end: Instant, _ condition: () -> Bool) -> Bool {
    if let pause, pause.instant <= end {
      if world.runUntil(pause.instant, condition) { return true }
      guard world.now >= pause.instant, !world.isAtEventLimit else { return false }
      self.pause = nil
      pause.body()
    }
    return world.runUntil(end, condition)
  }

  /// Runs to an instant or until a condition holds, and returns whether it does. If time stands still before that, `livelock` says what goes on.
  @discardableResult
  func run(until end: Instant, _ condition: () -> Bool = { false }) -> Bool {
    defer { onProgress?(TrialProgress(time: world.now - observer.origin, end: self.end, events: world.statistics.events)) }
    world.eventLimit = world.statistics.events + Self.eventBound
    let holds = runWorld(until: end, condition)
    observer.cluster?.lookFromTimeToTime()
    guard world.isAtEventLimit else {
      world.eventLimit = .max
      return holds
    }
    let before = world.now
    world.eventLimit += 100_000
    let tally = tally { _ = runWorld(until: end) }
    world.eventLimit = .max
    report(tally, "\(Self.eventBound) events within \(end - before) of simulated time")
    return holds
  }

  /// Observes nodes for a second, and reports a livelock if something repeats faster than `rate` without any progress.
  func findLivelock(atRate rate: Int, hasMoved: () -> Bool) {
    let tally = tally { _ = runWorld(until: world.now + .seconds(1)) }
    guard !hasMoved(), let busiest = tally.busiest, busiest.count > rate else { return }
    report(tally, "nothing moved for \(HealingProgress.patience)")
  }

  private func report(_ tally: EventTally, _ finding: String) {
    let circle = tally.busiest.map { "\($0.what), \($0.count) times" } ?? "no event of a node"
    let words = "livelock: \(finding), and this repeats forever: \(circle)"
    livelock = words
    observer.tell("trial", words, .finding)
  }

  private func tally(_ body: () -> Void) -> EventTally {
    let tally = EventTally(world)
    let formerLine = world.onTraceLine, formerFrame = world.onFrame
    world.onTraceLine = { line in
      tally.count(line: line)
      formerLine?(line)
    }
    world.onFrame = { notice in
      tally.count(notice)
      formerFrame?(notice)
    }
    body()
    world.onTraceLine = formerLine
    world.onFrame = formerFrame
    return tally
  }
}
