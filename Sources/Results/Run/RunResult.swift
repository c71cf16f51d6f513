import Measurement
import Primitives
import Workloads

/// Everything that one run came to: a trial, a benchmark's setting in the simulation or on real machines, and what is read from a file of either. In the simulation it
/// is a function of scenario, variant, seed and build alone.
public struct RunResult: Sendable, Equatable {
  public var scenario: String
  /// What the scenario is about. A measured run leaves that to its benchmark.
  public var about: String
  public var variant: String?
  public var seed: UInt64
  public var build: String
  /// What a measured run ran on; nil for others.
  public var machine: String?
  /// nil where the run was on real machines.
  public var traceHash: UInt64?
  public var events: UInt64
  public var simulated: Duration
  public var verdicts: [Verdict]
  public var delivery: Delivery
  public var faults: [FaultCount]
  /// When the faults of the schedule were at work. A measured run tells that as disturbances, and what it saw and was expected to do in its exit code alone.
  public var bands: [FaultBand]
  public var sightings: [SightingCount]
  public var expectations: [ExpectationResult]
  /// What clients were told instead of answers, by client, API and error, in the order in which each came first. Empty where nobody could see that.
  public var clientErrors: [ClientErrorCount]
  /// nil where the scenario did not begin, and for a measured run.
  public var availability: Availability?
  /// nil where no client is a member of a consumer group, and where that cannot be seen.
  public var groups: GroupsReport?
  /// What became of transactions as clients saw it; nil where there were none.
  public var transactions: TransactionCounts?
  /// The same as their coordinators told; nil where no client has a transactional id, and where that cannot be seen.
  public var coordinatedTransactions: TransactionsReport?
  /// nil where nothing was measured.
  public var metrics: Metrics?
  public var story: [StoryLine]
  /// The command that repeats this run.
  public var replay: String
  /// What the process that ran it shall exit with.
  public var exitCode: ExitCode

  /// - Parameter exitCode: where it is not what expectations and faults come to.
  public init(
    scenario: String, about: String = "", variant: String?, seed: UInt64, build: String, machine: String? = nil, traceHash: UInt64?, events: UInt64, simulated: Duration,
    verdicts: [Verdict], delivery: Delivery, faults: [FaultCount], bands: [FaultBand] = [], sightings: [SightingCount] = [], expectations: [ExpectationResult] = [],
    clientErrors: [ClientErrorCount] = [], availability: Availability? = nil, groups: GroupsReport? = nil, transactions: TransactionCounts? = nil, coordinatedTransactions: TransactionsReport? = nil, metrics: Metrics? = nil,
    story: [StoryLine], replay: String, exitCode: ExitCode? = nil
  ) {
    self.scenario = scenario
    self.about = about
    self.variant = variant
    self.seed = seed
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
    self.exitCode = exitCode ?? ExitCode(expectations, faults)
  }

  /// Sixteen digits; nil where the run was on real machines.
  public var traceText: String? { traceHash.map(hexadecimal) }

  /// Whether the run has anything to say: figures of its window, or where it was not measured a verdict on something.
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
