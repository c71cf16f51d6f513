import Measurement
import Primitives
import Workloads

/// Everything that one trial came to. A function of scenario, variant, seed and build alone.
public struct TrialResult: Sendable, Equatable {
  public var scenario: String
  /// What the scenario is about.
  public var about: String
  public var variant: String?
  public var seed: UInt64
  public var build: String
  public var traceHash: UInt64
  public var events: UInt64
  public var simulated: Duration
  public var verdicts: [Verdict]
  public var delivery: Delivery
  public var faults: [FaultCount]
  /// When the faults of the schedule were at work.
  public var bands: [FaultBand]
  public var sightings: [SightingCount]
  public var expectations: [ExpectationResult]
  /// nil where the scenario did not begin.
  public var availability: Availability?
  public var story: [StoryLine]
  /// The command that repeats this trial.
  public var replay: String

  public init(
    scenario: String, about: String = "", variant: String?, seed: UInt64, build: String, traceHash: UInt64, events: UInt64, simulated: Duration,
    verdicts: [Verdict], delivery: Delivery, faults: [FaultCount], bands: [FaultBand] = [], sightings: [SightingCount], expectations: [ExpectationResult],
    availability: Availability? = nil, story: [StoryLine], replay: String
  ) {
    self.scenario = scenario
    self.about = about
    self.variant = variant
    self.seed = seed
    self.build = build
    self.traceHash = traceHash
    self.events = events
    self.simulated = simulated
    self.verdicts = verdicts
    self.delivery = delivery
    self.faults = faults
    self.bands = bands
    self.sightings = sightings
    self.expectations = expectations
    self.availability = availability
    self.story = story
    self.replay = replay
  }

  /// What the process that ran it shall exit with.
  public var exitCode: ExitCode { ExitCode(expectations, faults) }
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

/// A stretch of the scenario in which an entry of the schedule was at work.
public struct FaultBand: Codable, Sendable, Equatable {
  public var fault: String
  /// On the scenario's clock.
  public var fromSeconds: Double
  /// nil where nothing ended it within the scenario.
  public var toSeconds: Double?

  public init(fault: String, fromSeconds: Double, toSeconds: Double?) {
    self.fault = fault
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
  }

  /// Whether it was at work at an instant of the scenario's clock.
  public func contains(_ seconds: Double) -> Bool { fromSeconds <= seconds && seconds < toSeconds ?? .infinity }
}

public struct SightingCount: Codable, Sendable, Equatable {
  public var sighting: Sighting
  public var count: Int

  public init(_ sighting: Sighting, count: Int) {
    self.sighting = sighting
    self.count = count
  }
}

/// One line of what the scenario expects, and whether it came true.
public struct ExpectationResult: Codable, Sendable, Equatable {
  public enum Conclusion: String, Codable, Sendable {
    case met
    case notMet = "not met"
    case notExercised = "not exercised"
  }

  private enum CodingKeys: String, CodingKey {
    case subject
    case text = "expected"
    case conclusion = "outcome"
    case advice
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
