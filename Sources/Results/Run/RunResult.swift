import Measurement
import Primitives
import Workloads

/// The result of one run: a trial, a setting of a benchmark in the simulation or on real machines, or one that was read from a file. In the simulation it
/// is a function of scenario, variant, seed and build alone.
public struct RunResult: Sendable, Equatable {
  public var scenario: String
  /// The description of the scenario. For a measured run it is in the benchmark.
  public var about: String
  public var variant: String?
  public var seed: UInt64
  /// What became of the values that the scenario leaves to the seed.
  public var choices: [DrawnChoice]
  public var build: String
  /// What a measured run ran on; nil for others.
  public var machine: String?
  /// nil if the run was on real machines.
  public var traceHash: UInt64?
  public var events: UInt64
  public var simulated: Duration
  public var verdicts: [Verdict]
  public var delivery: Delivery
  public var faults: [FaultCount]
  /// When the faults of the schedule were active. A measured run reports that as disturbances, and its sightings and expectations only in its exit code.
  public var bands: [FaultBand]
  public var sightings: [SightingCount]
  public var expectations: [ExpectationResult]
  /// The marks that the trial passed, in the order of their declaration. Empty unless they were asked for (`TrialOptions.countsMarks`), and on real machines.
  public var marks: [MarkCount] = []
  /// The errors that clients received, by client, API and error, in the order in which each first came. Empty if that cannot be observed.
  public var clientErrors: [ClientErrorCount]
  /// nil if the scenario did not begin, and for a measured run.
  public var availability: Availability?
  /// nil if no client is a member of a consumer group, or if that cannot be observed.
  public var groups: GroupsReport?
  /// The outcomes of transactions as clients saw them; nil if there were none.
  public var transactions: TransactionCounts?
  /// The same according to their coordinators; nil if no client has a transactional id, or if that cannot be observed.
  public var coordinatedTransactions: TransactionsReport?
  /// nil if nothing was measured.
  public var metrics: Metrics?
  public var story: [StoryLine]
  /// When the failure became inevitable; nil unless somebody asked.
  public var odds: FailureOdds?
  /// The cause of its first violation; nil unless `trial explain` looked for it.
  public var explanation: Explanation?
  /// The command that repeats this run.
  public var replay: String
  /// The exit code for the process that ran it.
  public var exitCode: ExitCode

  /// - Parameter exitCode: given if it differs from what follows from expectations and faults.
  public init(
    scenario: String, about: String = "", variant: String?, seed: UInt64, choices: [DrawnChoice] = [], build: String, machine: String? = nil, traceHash: UInt64?, events: UInt64, simulated: Duration,
    verdicts: [Verdict], delivery: Delivery, faults: [FaultCount], bands: [FaultBand] = [], sightings: [SightingCount] = [], expectations: [ExpectationResult] = [],
    clientErrors: [ClientErrorCount] = [], availability: Availability? = nil, groups: GroupsReport? = nil, transactions: TransactionCounts? = nil, coordinatedTransactions: TransactionsReport? = nil, metrics: Metrics? = nil,
    story: [StoryLine], replay: String, exitCode: ExitCode? = nil
  ) {
    self.scenario = scenario
    self.about = about
    self.variant = variant
    self.seed = seed
    self.choices = choices
    self.build = build
    self.machine = machine
    self.traceHash = traceHash
    self.events = events
    self.simulated = simulated
    self.verdicts = verdicts
    self.delivery = delivery
    self.faults = faults
    self.bands = bands
    self.sightings = sightings
    self.expectations = expectations
    self.clientErrors = clientErrors
    self.availability = availability
    self.groups = groups
    self.transactions = transactions
    self.coordinatedTransactions = coordinatedTransactions
    self.metrics = metrics
    self.story = story
    self.replay = replay
    self.exitCode = exitCode ?? ExitCode(expectations, unhit: Self.unhit(faults, choices))
  }

  /// Sixteen digits; nil if the run was on real machines.
  public var traceText: String? { traceHash.map(hexadecimal) }

  /// Whether the run has a result: figures of its window or, if it was not measured, a verdict that examined something.
  public var isMeasured: Bool { metrics.map(\.isMeasured) ?? verdicts.contains { $0.examined > 0 } }
}

public struct SightingCount: Codable, Sendable, Equatable {
  public var sighting: Sighting
  public var count: Int

  public init(_ sighting: Sighting, count: Int) {
    self.sighting = sighting
    self.count = count
  }
}
