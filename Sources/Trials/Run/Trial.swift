import Primitives
import Results
import Scenarios
import Sim
import Workloads

/// One run of one scenario with one seed, from an empty world to its result.
///
/// A trial has five phases. *Setting up*: controllers and brokers start, topics are created, every ISR is full; the scenario's clock
/// starts then. *Playing*: workload and schedule run for the scenario's duration. *Healing*: every fault is lifted and every node runs
/// again; the cluster must settle. *Auditing*: a consumer reads every partition from beginning to end.
/// *Judging*: the history and the state of the brokers are checked. Each phase is a value that is made from the result of the previous one.
public final class Trial {
  public typealias Options = TrialOptions

  let cluster: TrialCluster
  private let countsMarks: Bool
  private let onDisks: ((ClusterDisks) -> Void)?
  private let disksAt: Duration?
  /// nil before the trial has run.
  private(set) var outcome: TrialOutcome?

  /// Builds the world.
  ///
  /// - Parameter scenario: one that leaves nothing to the seed, or that was drawn for this one (`Scenario.drawn`).
  public init(_ scenario: Scenario, options: Options) {
    precondition(!scenario.isDrawn || scenario.seed == options.seed, "a scenario that was drawn for another seed")
    cluster = TrialCluster(scenario, options)
    countsMarks = options.countsMarks
    onDisks = options.onDisks
    disksAt = options.disksAt
  }

  /// Runs the trial, once, and judges it: from its start to its end on the thread of the caller.
  public func run() -> RunResult {
    MarkCounts.reset()
    RandomSalt.set(0)
    defer { RandomSalt.set(0) }
    let outcome = play()
    cluster.messageLines?.finish()
    cluster.runner.removePause()
    if disksAt == nil { onDisks?(cluster.disks) }
    self.outcome = outcome
    var result = outcome.result
    if countsMarks { result.marks = MarkCounts.passed }
    return result
  }

  /// What clients saw, for `HistoryWriter`; nil before the trial has run.
  public var judgedHistory: JudgedHistory? { outcome?.judged }

  private func play() -> TrialOutcome {
    var settingUp = SettingUp(of: cluster)
    guard let ready = settingUp.run() else { return Judging.failedSetup(of: cluster) }
    if let disksAt, let onDisks { cluster.runner.pause(at: ready.origin + disksAt) { [cluster] in onDisks(cluster.disks) } }
    let played = Playing(on: ready).run()
    let rested = Healing(of: played).run()
    let audit = Auditing(of: rested).run()
    return Judging(rested, audit).run()
  }

  /// The simulated time, for the terminal.
  public var simulated: Duration { cluster.world.now - .zero }
  public var events: UInt64 { cluster.world.statistics.events }
  var instants: [InstantRecorder.Coming] { outcome?.rested?.played.instants ?? [] }
  var traceHash: UInt64 { cluster.world.traceHash }
}
