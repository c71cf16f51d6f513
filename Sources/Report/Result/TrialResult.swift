import Primitives
import Workloads

/// Everything that one trial came to. A function of scenario, variant, seed and build alone.
public struct TrialResult: Sendable {
  public var scenario: String
  public var variant: String?
  public var seed: UInt64
  public var build: String
  public var traceHash: UInt64
  public var events: UInt64
  public var simulated: Duration
  public var verdicts: [Verdict]
  public var delivery: Delivery
  public var faults: [FaultCount]
  public var sightings: [SightingCount]
  public var expectations: [ExpectationResult]
  /// nil where the scenario did not begin.
  public var availability: Availability?
  public var story: [StoryLine]
  /// The command that repeats this trial.
  public var replay: String

  public init(
    scenario: String, variant: String?, seed: UInt64, build: String, traceHash: UInt64, events: UInt64, simulated: Duration, verdicts: [Verdict],
    delivery: Delivery, faults: [FaultCount], sightings: [SightingCount], expectations: [ExpectationResult], availability: Availability? = nil,
    story: [StoryLine], replay: String
  ) {
    self.scenario = scenario
    self.variant = variant
    self.seed = seed
    self.build = build
    self.traceHash = traceHash
    self.events = events
    self.simulated = simulated
    self.verdicts = verdicts
    self.delivery = delivery
    self.faults = faults
    self.sightings = sightings
    self.expectations = expectations
    self.availability = availability
    self.story = story
    self.replay = replay
  }

  /// What the process that ran it shall exit with.
  public var exitCode: ExitCode { ExitCode(expectations, faults) }
}

extension ExitCode {
  /// How a run ends by what was expected of it and by its schedule.
  public init(_ expectations: [ExpectationResult], _ faults: [FaultCount] = []) {
    let isExercised = !expectations.contains { $0.conclusion == .notExercised } && !faults.contains { $0.hit == 0 }
    self = expectations.contains { $0.conclusion == .notMet } ? .notAsExpected : isExercised ? .asExpected : .notExercised
  }

  /// The same of a run that is measured. Figures that break a law make it invalid, and a window without a record has none: it has then shown nothing.
  public func measured(_ metrics: Metrics) -> ExitCode { self != .asExpected || (metrics.isValid && metrics.isMeasured) ? self : .notExercised }
}

/// What a process says when it ends.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case asExpected = 0
  /// A guarantee is violated, or another expectation is not met.
  case notAsExpected = 1
  /// `compare`: the candidate is not what a gate asks for.
  case gateBroken = 2
  /// The trial did not exercise what it was to show.
  case notExercised = 3
  /// `compare`, when strict: nothing got worse and something better, so the baseline is out of date.
  case onlyImprovements = 4
  case wrongUsage = 64
  case badInput = 65
  case internalError = 70
}

/// How many records came to what, by the history and the final state of the logs.
public struct Delivery: Sendable, Equatable {
  public var sent = 0
  public var acked = 0
  /// Definitely not written.
  public var failed = 0
  /// Nobody was told.
  public var unknown = 0
  /// Acknowledged and gone, deletion by rule aside.
  public var lost = 0
  /// The part of `lost` that settings and faults permit.
  public var permittedLoss = 0
  /// The part of `lost` that nothing permits.
  public var violations: Int { lost - permittedLoss }
  /// What permitted it, and how often.
  public var permittedBy: [PermittedLoss] = []
  /// Acknowledged, and removed by rule: retention, DeleteRecords, deletion of a topic. No part of `lost`.
  public var deleted = 0
  /// Which rule removed them, and how many.
  public var deletedBy: [PermittedLoss] = []
  public var duplicated = 0
  public var reordered = 0

  public init() {}
}

public struct PermittedLoss: Sendable, Equatable {
  public var reason: String
  public var count: Int

  public init(reason: String, count: Int) {
    self.reason = reason
    self.count = count
  }
}

/// An entry of the schedule: how often it was to happen, and how often it had something to act upon.
public struct FaultCount: Codable, Sendable, Equatable {
  public var name: String
  public var planned: Int
  public var hit: Int

  public init(name: String, planned: Int, hit: Int) {
    self.name = name
    self.planned = planned
    self.hit = hit
  }
}

public struct SightingCount: Sendable, Equatable {
  public var sighting: Sighting
  public var count: Int

  public init(_ sighting: Sighting, count: Int) {
    self.sighting = sighting
    self.count = count
  }
}

/// One line of what the scenario expects, and whether it came true.
public struct ExpectationResult: Sendable, Equatable {
  public enum Conclusion: String, Sendable {
    case met
    case notMet = "not met"
    case notExercised = "not exercised"
  }

  /// The guarantee or sighting that it is about.
  public var subject: String
  public var text: String
  public var conclusion: Conclusion
  /// What explains that it did not come true, and what would help; nil where nothing is known.
  public var advice: String?

  public init(_ subject: String, _ text: String, _ conclusion: Conclusion, advice: String? = nil) {
    self.subject = subject
    self.text = text
    self.conclusion = conclusion
    self.advice = advice
  }
}
